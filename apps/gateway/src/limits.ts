import { fault } from './faults.ts';

/** Bounds of one worker. Each line says what an attacker gains above it. */
export interface Limits {
  /** File descriptors and memory of the worker. */
  readonly maxConnections: number;
  /** One client takes the places of all others. */
  readonly maxConnectionsPerAddress: number;
  /** Slowloris: a head that never ends holds a place. Counted from the first byte of a head. */
  readonly headTimeoutMs: number;
  /** A body that drips holds a place and its buffer. */
  readonly bodyIdleMs: number;
  /** An idle connection holds a place. */
  readonly keepAliveMs: number;
  /** A client that does not read its answer holds the answer. */
  readonly writeIdleMs: number;
  /** One connection keeps one worker for ever, so that replacing it never ends. */
  readonly maxRequestsPerConnection: number;
  /** Sockets to one instance that wait without work. */
  readonly maxIdleUpstreams: number;
  /** Shorter than the 5 s after which Node services close an idle connection, so that we close first. */
  readonly upstreamIdleMs: number;
  /** Memory of one WebSocket message, reassembled. */
  readonly maxMessageBytes: number;
  /** Bodies above this are inspected in a thread that can be terminated, not on the event loop. */
  readonly maxInlineBytes: number;
  /** The longest that one hostile message may keep the inspection thread. */
  readonly inspectionDeadlineMs: number;
  /** Units of work of one transaction (about one a byte and rule). */
  readonly workBudget: number;
  /** Statistics that wait for the primary; beyond them they are shed, and counted. */
  readonly maxQueuedEvents: number;
  /** Findings that are being committed; beyond them a block goes on, and the loss is counted. */
  readonly maxPendingCommits: number;
  /** A block page waits this long for its finding. */
  readonly commitTimeoutMs: number;
  /** Rows of persistent collections: an attacker with many addresses fills memory. */
  readonly maxCollectionRows: number;
  readonly maxCollectionBytes: number;
  /** A worker that says nothing this long is replaced. */
  readonly stuckAfterMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxConnections: 10_000,
  maxConnectionsPerAddress: 1_000,
  headTimeoutMs: 10_000,
  bodyIdleMs: 15_000,
  keepAliveMs: 60_000,
  writeIdleMs: 30_000,
  maxRequestsPerConnection: 10_000,
  maxIdleUpstreams: 64,
  upstreamIdleMs: 4_000,
  maxMessageBytes: 1_048_576,
  maxInlineBytes: 262_144,
  inspectionDeadlineMs: 2_000,
  workBudget: 200_000_000,
  maxQueuedEvents: 10_000,
  maxPendingCommits: 2_000,
  commitTimeoutMs: 3_000,
  maxCollectionRows: 20_000,
  maxCollectionBytes: 16_777_216,
  stuckAfterMs: 3_000,
};

/** Reads the value of `--limits`: a JSON object of known names with positive whole numbers. */
export function readLimits(text: string): Limits {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw fault('gateway.bad-limits', { detail: 'it is not JSON' }, cause);
  }
  if (typeof given !== 'object' || given === null) throw fault('gateway.bad-limits', { detail: 'it is not an object' });
  for (const [name, value] of Object.entries(given)) {
    if (!(name in DEFAULT_LIMITS)) throw fault('gateway.bad-limits', { detail: `${name} is not a limit` });
    if (!Number.isSafeInteger(value) || value < 1) {
      throw fault('gateway.bad-limits', { detail: `${name} must be a whole number above 0` });
    }
  }
  return { ...DEFAULT_LIMITS, ...given };
}
