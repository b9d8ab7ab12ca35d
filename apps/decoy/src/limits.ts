/** Bounds on what one diverted source, or a stranger, can make the decoy hold or do. */
export interface DecoyLimits {
  /** Above this memory grows with the number of sources. */
  readonly maxSessions: number;
  /** Above this sockets are refused: descriptors run out. */
  readonly maxConnections: number;
  /** Above this an upload is cut: it would keep a connection busy for nothing. */
  readonly maxBodyBytes: number;
  /** Bytes of a body that are looked at; the rest is counted only. */
  readonly maxReadBodyBytes: number;
  /** Steps of a session that are recorded; more would fill the spool of the node. */
  readonly maxStepsPerSession: number;
  /** A head or body that comes slower than this is a slow-client attack. */
  readonly messageTimeoutMs: number;
  /** A silent connection costs a descriptor. */
  readonly idleTimeoutMs: number;
  readonly maxSocketMessageBytes: number;
  /** Messages of one WebSocket that wait for their answers; then its reading is paused. */
  readonly maxSocketQueue: number;
  /** The believable time that an answer takes. */
  readonly latencyMs: readonly [low: number, high: number];
  /** How often somebody else seems to write on a WebSocket. */
  readonly othersEveryMs: readonly [low: number, high: number];
}

export const DEFAULT_DECOY_LIMITS: DecoyLimits = {
  maxSessions: 2_000,
  maxConnections: 1_000,
  maxBodyBytes: 16_777_216,
  maxReadBodyBytes: 65_536,
  maxStepsPerSession: 5_000,
  messageTimeoutMs: 20_000,
  idleTimeoutMs: 65_000,
  maxSocketMessageBytes: 262_144,
  maxSocketQueue: 16,
  latencyMs: [5, 40],
  othersEveryMs: [15_000, 60_000],
};
