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
  /** Place in Profile.stages of the text that it looks at; -1 = the value itself. */
  readonly stage: number;
  /** With multiMatch it looks at each text on the way, so where a step changes nothing it has been asked already. */
  readonly asChanged: boolean;
  /** Its bit in the profile's set; 0 = it is not in there. */
  readonly inSet: number;
}

/** One step of a pipeline. Pipelines that begin alike share their stages, so each text is made once. */
export interface Stage {
  readonly node: PipelineNode;
  /** Number of the transformation: what it made of a text serves all pipelines. */
  readonly kind: number;
  /** Place in Profile.stages of the step before; -1 = the first step. */
  readonly before: number;
  /** Where it does not hold of the text before, the step leaves that as it is; undefined = it always makes another. */
  readonly touched: Question | undefined;
  /** Only the case of letters changes, which the scanner folds anyway. */
  readonly onlyCase: boolean;
  /** Those that look at the text after this step: the ones that no literal decides, then all. */
  readonly plain: readonly Member[];
  readonly members: readonly Member[];
  /** All that look at this text or at one made from it. */
  readonly marks: readonly number[];
}

export interface Profile {
  readonly stages: readonly Stage[];
  /** Members of all stages, and of the value itself, that no literal decides. */
  readonly plain: readonly Member[];
  /** The others, by the number of a literal's bit that must be seen. */
  readonly byLiteral: readonly (readonly Member[] | undefined)[];
  /** Patterns that no literal decides: nearly every value must be tested with them, so they are tested together. */
  readonly set: PatternSet | undefined;
  /** Different for each profile of a plan. */
  readonly seed: number;
}
