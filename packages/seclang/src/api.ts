import type { Problem } from '@seawall/faults';
import type { RuleObserver } from './transaction/observer.ts';

export type { EffectKind, RuleObserver, SkipReason } from './transaction/observer.ts';

// What callers of the engine see. All texts are latin1 byte strings: one code unit is one byte.
// A transaction is data: bytes and facts in; matches, score, disruptive action and collection changes out.

/** Files of a rule set by path. Data files (`@pmFromFile`) and included files are looked up here, never on a disk. */
export interface RuleFiles {
  readonly files: ReadonlyMap<string, string>;
  /** Paths to load, in order. A `*` matches within one path segment, sorted by byte order. */
  readonly entry: readonly string[];
}

export type LoadResult =
  | { readonly ok: true; readonly ruleSet: RuleSet; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface LoadOptions {
  /** Remember what rules say of values that come again. Default true; off to measure what that is worth. */
  readonly valueCache?: boolean;
}

export interface RuleSetFacts {
  readonly rules: number;
  /** SHA-256 is the caller's business; this is the component signatures joined, e.g. `OWASP_CRS/4.25.0`. */
  readonly version: string;
  readonly needsRequestBody: boolean;
  readonly needsResponseBody: boolean;
  /** Lower-case MIME types of answers to buffer for phase 4. */
  readonly responseMimeTypes: ReadonlySet<string>;
  readonly requestBodyLimit: number;
  readonly responseBodyLimit: number;
  /** What `SecRuleEngine` says; the caller decides whether to follow it (ConnectionFacts.engine). Absent = the files do not say. */
  readonly engine?: 'on' | 'detect' | 'off';
  /** What `Sec{Request,Response}BodyLimitAction` say about a longer body; the caller refuses it. */
  readonly requestBodyLimitAction?: 'reject' | 'processpartial';
  readonly responseBodyLimitAction?: 'reject' | 'processpartial';
}

/** Immutable, shared by all transactions of a worker. */
export interface RuleSet extends RuleSetFacts {
  begin(facts: ConnectionFacts, environment: Environment): Transaction;
  /** How often a value's verdict was known already; both grow for ever. */
  readonly cacheCounts: { readonly hits: number; readonly misses: number };
}

export interface ConnectionFacts {
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
  readonly serverPort: number;
  /** `on` disrupts, `detect` only says so. Overridden by rules that set it themselves (ctl:ruleEngine). */
  readonly engine: 'on' | 'detect' | 'off';
}

/** Everything that is not in the message: passed in, so that a transaction can be run again and give the same answer. */
export interface Environment {
  readonly nowMicros: number;
  readonly uniqueId: string;
  /** Persistent collections (IP, GLOBAL, …); absent = they stay empty. */
  readonly collections?: CollectionSource;
  /** Runs rule by rule, without what was prepared at load: slow, obvious, and always of the same opinion. */
  readonly reference?: boolean;
  /** Units of work allowed for this transaction (about one per byte and rule). Excess ends evaluation with `overBudget`. */
  readonly workBudget?: number;
  /** What rules see in ENV, besides what `setenv` puts there. Nothing unless the caller means to show it. */
  readonly variables?: ReadonlyMap<string, string>;
  /** Time since the transaction began, for DURATION; absent = none passes. */
  readonly elapsedMicros?: () => number;
  /** Is told what the rules do, step by step. Evaluation with one takes the plain path and costs several times more. */
  readonly observer?: RuleObserver;
}

export interface CollectionSource {
  /** A copy of the collection's values, names in lower case. */
  read(collection: string, key: string): ReadonlyMap<string, string>;
}

export interface RequestHead {
  readonly method: string;
  /** Request target exactly as received. */
  readonly target: string;
  /** `HTTP/1.1`, `HTTP/2` …; `WS` messages use the handshake's. */
  readonly protocol: string;
  /** In order, names in the case received. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface ResponseHead {
  readonly status: number;
  readonly protocol: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Evaluated in this order; a phase that was left out is skipped. After a disruption only `log` may follow. */
export interface Transaction {
  /** Rules that failed so far. Known after each phase, so that a route that fails closed can refuse before it forwards. */
  readonly failures: Outcome['failures'];
  requestHead(head: RequestHead): Decision;
  /** `complete: false` = the body went on beyond what was inspected. */
  requestBody(body: string, complete: boolean): Decision;
  responseHead(head: ResponseHead): Decision;
  responseBody(body: string, complete: boolean): Decision;
  /**
   * One message of a WebSocket, as a transaction whose parent is the handshake: the head was given with `requestHead`;
   * `text` is offered as ARGS:message and REQUEST_BODY (JSON members as ARGS:json.… besides) in phase 2, or as RESPONSE_BODY in phase 4.
   */
  message(text: string, direction: 'request' | 'response'): Decision;
  log(): Outcome;
}

export type Decision =
  | { readonly kind: 'continue' }
  | { readonly kind: 'deny'; readonly status: number; readonly rule: Match }
  | { readonly kind: 'drop'; readonly rule: Match }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string; readonly rule: Match }
  | { readonly kind: 'overBudget' };

/** One rule (with its chain) that matched and wants to be logged. */
export interface Match {
  readonly ruleId: number;
  readonly phase: 1 | 2 | 3 | 4 | 5;
  readonly message: string;
  readonly logdata: string;
  readonly severity: number | undefined;
  readonly tags: readonly string[];
  readonly version: string;
  readonly file: string;
  readonly line: number;
  readonly operator: string;
  /** Variables that matched, those of the chain included. */
  readonly places: readonly MatchPlace[];
  /** Anomaly points that this match added (sum of increments of TX *score* variables at its own paranoia level). */
  readonly score: number;
  /** False for rules with `nolog`: they are kept only for the score ladder. */
  readonly logged: boolean;
  readonly disruptive: boolean;
  /** `auditlog`, `noauditlog`, else as `logged`. */
  readonly audited?: boolean;
}

export interface MatchPlace {
  /** `ARGS:q`, `REQUEST_HEADERS:User-Agent`, `REQUEST_BODY` … */
  readonly target: string;
  /** After all transformations. */
  readonly value: string;
  /** Half-open byte range in `value`, when the operator knows it. */
  readonly span: readonly [number, number] | undefined;
  readonly steps: readonly { readonly transformation: string; readonly before: string; readonly after: string }[];
  /** What a grammar detector says: context and production. */
  readonly detail: string | undefined;
}

export interface Outcome {
  readonly matches: readonly Match[];
  readonly inboundScore: number;
  readonly outboundScore: number;
  readonly inboundThreshold: number;
  readonly outboundThreshold: number;
  readonly decision: Decision;
  readonly collectionChanges: readonly CollectionChange[];
  /** Rules whose evaluation failed (never silently skipped): id and why. */
  readonly failures: readonly { readonly ruleId: number; readonly text: string }[];
  readonly workUsed: number;
  /** SecAuditEngine, SecAuditLogRelevantStatus, `ctl:auditEngine` and `auditlog` want it in an audit log. The caller decides. */
  readonly audited?: boolean;
}

export interface CollectionChange {
  readonly collection: string;
  readonly key: string;
  readonly name: string;
  readonly change:
    // `timeoutSeconds`: how long a value that is new lives without an expiry of its own (SecCollectionTimeout); absent = for ever.
    | { readonly kind: 'set'; readonly value: string; readonly timeoutSeconds?: number }
    | { readonly kind: 'add'; readonly by: number; readonly timeoutSeconds?: number }
    | { readonly kind: 'remove' }
    | { readonly kind: 'expire'; readonly afterSeconds: number };
}
