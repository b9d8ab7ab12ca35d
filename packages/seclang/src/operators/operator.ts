import type { GeoTable } from './geo-database.ts';
import type { Requirements } from '../regex/index.ts';

/** Counts work, so that one transaction cannot cost more than its budget. One unit is about one byte looked at. */
export interface WorkMeter {
  spend(units: number): void;
  /** True when the budget is used up: a matcher that loops must stop and answer `null`. */
  readonly exhausted: boolean;
}

/** An operator's argument, which may hold macros (`%{tx.allowed_methods}`). */
export interface ArgumentTemplate {
  readonly text: string;
  /** The value when there is no macro in it. */
  readonly constant: string | undefined;
  expand(run: OperatorRun): string;
}

/** What an operator may ask while its rule is compiled. */
export interface OperatorLoad {
  readonly argument: ArgumentTemplate;
  /** A data file by the name written in the rule, looked up beside the rule file; undefined when it is not there. */
  file(name: string): string | undefined;
  /** Of SecGeoLookupDb. */
  readonly geo?: GeoTable | undefined;
}

/** What an operator may ask while it is evaluated. */
export interface OperatorRun {
  readonly work: WorkMeter;
  /** Expands a macro name such as `tx.foo`; '' when unset. */
  macro(name: string): string;
}

export interface OperatorHit {
  /** Half-open byte range in the value. */
  readonly span?: readonly [number, number];
  /** Captures 0-9 for TX.0 … TX.9, when the operator has them. */
  readonly captures?: readonly (string | undefined)[];
  /** For people: which word, which production in which context. */
  readonly detail?: string;
}

/** All parsing happened in the factory; evaluation is pure. Negation is the caller's business. */
export interface Operator {
  /** What every value holds for which `evaluate` says yes; absent = nothing is known. */
  readonly requires?: Requirements;
  /** The bare answer, when it is cheaper to have than `evaluate`'s. */
  test?(value: string, work: WorkMeter): boolean;
  evaluate(value: string, run: OperatorRun, wantCaptures: boolean): OperatorHit | null;
}

/** Throws a Fault that says what is wrong with the argument. */
export type OperatorFactory = (load: OperatorLoad) => Operator;
