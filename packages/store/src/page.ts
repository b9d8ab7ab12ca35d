/** `next` is opaque: pass it back as `cursor` to read on; null at the end. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly cursor?: string | undefined;
  /** 1 to 500. */
  readonly limit: number;
}

/** Half-open: `from` belongs to it, `to` does not. Microseconds UTC. */
export interface TimeRange {
  readonly fromMicros?: number | undefined;
  readonly toMicros?: number | undefined;
}

/** Where a row belongs. Everything of one host is `local`, `default`. */
export interface Scope {
  readonly cluster: string;
  readonly namespace: string;
}

export const LOCAL_SCOPE: Scope = { cluster: 'local', namespace: 'default' };
