import type { Decision, Outcome, RequestHead, ResponseHead, RuleSet } from '../api.ts';
import type { ConnectionFacts, Environment } from '../api.ts';
import type { SkipReason } from '../transaction/observer.ts';

// One transaction explained, as data: it goes over the API as it is. All texts are latin1 byte strings, cut for display.

export interface ExplainedExchange {
  readonly request: {
    readonly head: RequestHead;
    readonly body: string;
    /** False = more was sent than is known here. */
    readonly complete: boolean;
  };
  readonly response?: { readonly head: ResponseHead; readonly body: string; readonly complete: boolean };
  /** A message of the WebSocket that the request opened. */
  readonly message?: { readonly text: string; readonly direction: 'request' | 'response' };
}

export interface ExplainInput {
  readonly ruleSet: RuleSet;
  readonly facts: ConnectionFacts;
  readonly environment: Environment;
  readonly exchange: ExplainedExchange;
  /** In force already, as if their lines stood in the rules. */
  readonly exclusions?: readonly Exclusion[];
  /** Runs with something excluded, at most; default 24. */
  readonly maxCounterfactuals?: number;
  /** Shown of one value; default 400. */
  readonly maxValueBytes?: number;
  /** Units of work for all runs together; default a thousand million, a few seconds. */
  readonly totalBudget?: number;
}

/** A rule that is off, or off for one target. */
export interface Exclusion {
  readonly ruleId: number;
  /** `ARGS:q`, `REQUEST_HEADERS:/^X-/`; absent = the whole rule. */
  readonly target?: string | undefined;
}

export interface Explanation {
  readonly engine: 'on' | 'detect' | 'off';
  /** What became of it in this mode. */
  readonly verdict: Verdict;
  /** What becomes of it where the engine is on. */
  readonly enforced: Verdict;
  readonly scores: Scores;
  readonly ladder: readonly Rung[];
  readonly matches: readonly ExplainedMatch[];
  /** Every rule of the set, in the order of the files. */
  readonly rules: readonly RuleFate[];
  /** Rules that a directive took away when the set was loaded: they are in no list above. */
  readonly removed: readonly { readonly ruleId: number; readonly directive: string }[];
  readonly counts: Readonly<Record<RuleState, number>>;
  /** Those that let it pass first, the smallest of them first. Empty when nothing was stopped. */
  readonly counterfactuals: readonly Counterfactual[];
  /** Exclusions that were worth trying and were not, for want of budget. */
  readonly untried: number;
  readonly failures: Outcome['failures'];
  readonly workUsed: number;
}

export interface Verdict {
  readonly kind: Decision['kind'];
  readonly status?: number;
  readonly location?: string;
  readonly ruleId?: number;
  readonly phase?: number;
  readonly message?: string;
}

export interface Scores {
  readonly inbound: number;
  readonly inboundThreshold: number;
  readonly outbound: number;
  readonly outboundThreshold: number;
  /** Points of rules up to this level count. */
  readonly blockingLevel: number;
  /** Rules up to this level are looked at. */
  readonly detectionLevel: number;
}

/** One match that gave points. */
export interface Rung {
  readonly ruleId: number;
  readonly message: string;
  readonly direction: 'inbound' | 'outbound';
  readonly points: number;
  /** Of this direction, this match included; points that do not count leave it as it was. */
  readonly total: number;
  readonly threshold: number;
  /** Undefined when neither the rule nor its points name one. */
  readonly paranoiaLevel: number | undefined;
  /** False: its level is above the blocking level. */
  readonly counts: boolean;
}

export interface ExplainedMatch {
  readonly ruleId: number;
  readonly phase: number;
  readonly message: string;
  readonly logdata: string;
  readonly severity: number | undefined;
  readonly tags: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly score: number;
  readonly logged: boolean;
  readonly disruptive: boolean;
  readonly places: readonly ExplainedPlace[];
  /** Places that are not shown. */
  readonly morePlaces: number;
}

export interface ExplainedPlace {
  /** Of the link that matched it; a chain has several. */
  readonly line: number;
  readonly operator: string;
  readonly negated: boolean;
  readonly target: string;
  /** As the message had it, before any transformation. */
  readonly original: ShownValue;
  /** All of the pipeline, in order. */
  readonly steps: readonly ExplainedStep[];
  /** What the operator saw. */
  readonly value: ShownValue;
  /** What a grammar or a word list says about it. */
  readonly detail: string | undefined;
}

export interface ExplainedStep {
  readonly transformation: string;
  readonly changed: boolean;
  /** The value after it; absent when it changed nothing. */
  readonly after?: ShownValue;
}

/** A value cut to the part around its span. */
export interface ShownValue {
  readonly text: string;
  /** Where `text` begins in the value. */
  readonly offset: number;
  /** Length of the whole value. */
  readonly bytes: number;
  /** Half-open range within `text`; undefined when the operator names no place. */
  readonly span: readonly [number, number] | undefined;
  /** False: the match was made from something within the span, and no closer place is known. */
  readonly exact: boolean;
}

/**
 * `matched`; `noMatch`: looked at, and some value was tested in full; `prefilter`: every value lacked a text that the pattern needs, or was too
 * short; `noValue`: the message has nothing of what the rule looks at; `skipped`: another rule or an exclusion said so; `notReached`:
 * its phase did not take place; `failed`: it could not be evaluated.
 */
export type RuleState = 'matched' | 'noMatch' | 'prefilter' | 'noValue' | 'skipped' | 'notReached' | 'failed';

export interface RuleFate {
  readonly ruleId: number;
  readonly phase: number;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly state: RuleState;
  /** Values that were tested, over all links. */
  readonly values: number;
  /** The link at which a chain broke, from 1; 0 = not looked at, or complete. */
  readonly brokenAt: number;
  /** Why it was skipped or not reached. `excluded`: by an exclusion that was given; `noAnswer`: only the request is known. */
  readonly reason?: SkipReason | 'paranoia' | 'excluded' | 'noAnswer';
  /** The rule that skipped or removed it. */
  readonly byRule?: number;
  /** The level from which on it is looked at. */
  readonly paranoiaLevel?: number;
  /** What the pattern needs and no value had, a few of them. */
  readonly needs?: Need;
  /** Targets that were taken from it for this transaction. */
  readonly withoutTargets?: readonly string[];
}

export interface Need {
  /** One of these, in either case. */
  readonly oneOf: readonly string[];
  readonly more: number;
  readonly minLength: number;
}

/** What would have become of it with something excluded: found by running all rules again. */
export interface Counterfactual {
  readonly exclusions: readonly Exclusion[];
  readonly passes: boolean;
  readonly verdict: Verdict;
  readonly inbound: number;
  readonly outbound: number;
  /** SecLang that excludes it everywhere; it goes behind the rules. */
  readonly everywhere: readonly string[];
  /** SecLang that excludes it on this path alone; it goes before the rules. Empty when the path cannot be written in a rule. */
  readonly here: readonly string[];
}
