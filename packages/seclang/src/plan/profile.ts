import type { PipelineNode } from '../compile/pipeline.ts';
import type { Operator } from '../operators/operator.ts';
import type { PatternSet } from '../regex/index.ts';
import type { Question } from './scanner.ts';

// All that the rules of a phase ask of one kind of value (an argument, a cookie, the User-Agent), so that it is asked together.

/** A link of a rule, as far as one target is concerned. */
export interface Member {
  /** The bit that is set when the value answers yes. */
  readonly mark: number;
  readonly operator: Operator;
  readonly negated: boolean;
  /** All of them hold when the operator can say yes. */
  readonly questions: readonly Question[];
  readonly minLength: number;
  /** Place in Profile.groups. */
  readonly group: number;
  /** Its bit in the profile's set; 0 = it is not in there. */
  readonly inSet: number;
}

/** Members that look at the value after the same transformations. */
export interface Group {
  readonly node: PipelineNode | undefined;
  /** Where it does not hold, the pipeline leaves the value as it is; undefined = it always changes it. */
  readonly touched: Question | undefined;
  /** The same without capital letters that only become small: the scanner folds them. */
  readonly touchedBeyondCase: Question | undefined;
  /** Members that no literal decides, then all. */
  readonly plain: readonly Member[];
  readonly members: readonly Member[];
}

export interface Profile {
  readonly groups: readonly Group[];
  /** Members of all groups that no literal decides. */
  readonly plain: readonly Member[];
  /** The others, by the number of a literal's bit that must be seen. */
  readonly byLiteral: readonly (readonly Member[] | undefined)[];
  /** Patterns without any clause: nearly every value must be tested with them, so they are tested together. */
  readonly set: PatternSet | undefined;
  /** Different for each profile of a plan. */
  readonly seed: number;
}
