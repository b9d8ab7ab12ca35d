import type { AnswerLikeness, EnvelopeBody, EventId, PolicyParts, Source, Workload } from '@seawall/contract';
import type { CollectionChange } from '@seawall/seclang';
import type { Limits } from './limits.ts';

// What the primary (node agent) and its workers say to each other. Structured clones, never JSON text.

/** An envelope before the primary gives it node and sequence. */
export type Draft = EnvelopeBody & {
  readonly id: EventId;
  readonly timeMicros: number;
  readonly workload?: Workload;
  readonly source?: Source;
};

/** What a worker says about itself; its silence is how a stuck worker is found. */
export interface WorkerReport {
  readonly counters: Readonly<Record<string, number>>;
  readonly instances: Readonly<Record<string, InstanceReport>>;
  readonly loopDelayMs: number;
  readonly residentBytes: number;
  readonly connections: number;
}
/** When the worker last saw it so; 0 = never. */
export interface InstanceReport {
  readonly state: InstanceState;
  readonly seenMs: number;
}
export type InstanceState = 'up' | 'down' | 'cut' | 'unknown';

export interface ListenerAddress {
  readonly address: string;
  readonly port: number;
}

/** A token bucket; `perSecond` tokens come back, up to `burst`. */
export interface Budget {
  readonly perSecond: number;
  readonly burst: number;
}

/** Changes of one persistent collection, e.g. IP of one address; names in lower case. */
export interface SharedChange {
  readonly change: CollectionChange;
  readonly nowMicros: number;
}

export interface SharedRow {
  readonly collection: string;
  readonly key: string;
  readonly values: ReadonlyMap<string, SharedValue>;
}
export interface SharedValue {
  readonly text: string;
  /** Microseconds UTC; undefined = until evicted. */
  readonly expiresMicros: number | undefined;
}

export type FromWorker =
  | { readonly kind: 'hello' }
  | { readonly kind: 'beat'; readonly report: WorkerReport }
  | { readonly kind: 'prepared'; readonly version: number; readonly problem: string | undefined }
  | {
      readonly kind: 'applied';
      readonly version: number;
      readonly listeners: readonly ListenerAddress[];
      readonly problem: string | undefined;
    }
  /**
   * Statistics, one envelope a line, as members of a JSON object without schema, node and sequence; acknowledged so that the worker knows
   * how much is under way, and sheds beyond.
   */
  | { readonly kind: 'events'; readonly lines: string }
  | { readonly kind: 'commit'; readonly ref: number; readonly drafts: readonly Draft[] }
  | { readonly kind: 'take'; readonly ref: number; readonly key: string; readonly budget: Budget }
  | { readonly kind: 'collections'; readonly changes: readonly SharedChange[] }
  /** Lines of the audit log, each with its end; acknowledged when they are written. */
  | { readonly kind: 'audit'; readonly text: string }
  | { readonly kind: 'likeness'; readonly service: string; readonly answers: readonly AnswerLikeness[] };

export type ToWorker =
  | {
      readonly kind: 'start';
      readonly sourceKey: Uint8Array;
      readonly limits: Limits;
      readonly collections: readonly SharedRow[];
    }
  /** Parts left out are those that the worker already has. */
  | {
      readonly kind: 'prepare';
      readonly version: number;
      readonly digest: string;
      readonly parts: Partial<PolicyParts>;
      /** Ports that were chosen for listeners with port 0, by position; else 0. */
      readonly ports: readonly number[];
      /** Others serve meanwhile: this worker takes no connections while it compiles. */
      readonly aside: boolean;
    }
  | { readonly kind: 'apply'; readonly version: number }
  | { readonly kind: 'discard'; readonly version: number }
  | { readonly kind: 'events-taken' }
  | { readonly kind: 'audit-taken' }
  | { readonly kind: 'committed'; readonly ref: number; readonly ok: boolean }
  | { readonly kind: 'taken'; readonly ref: number; readonly tokens: number; readonly retryAfterMs: number }
  | { readonly kind: 'collections'; readonly changes: readonly SharedChange[] }
  | { readonly kind: 'stop'; readonly graceMs: number };
