/** Where a fault comes from: the client's input, the service behind us, the operator's configuration, or Seawall itself. */
export type FaultSource = 'client' | 'upstream' | 'operator' | 'us';

/** One row of a package's error table. Codes are never reused. */
export interface FaultRow {
  /** Shown to people outside the process. Says what happened and what to do next. */
  readonly text: string;
  readonly source: FaultSource;
  /** HTTP status when the fault reaches the API. */
  readonly status: number;
  readonly retryable: boolean;
}

export type FaultTable = Readonly<Record<string, FaultRow>>;

/**
 * An error of a known kind. `text` may leave the process; `context` may not, because it can hold what an attacker wrote
 * or what a secret is.
 */
export class Fault extends Error {
  readonly code: string;
  readonly row: FaultRow;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: string, row: FaultRow, context: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(`${code}: ${row.text}`, cause === undefined ? undefined : { cause });
    this.name = 'Fault';
    this.code = code;
    this.row = row;
    this.context = context;
  }
}

/**
 * Makes the thrower of one package's table: `const fault = faultsOf(TABLE); throw fault('store.locked', { path })`.
 * Texts may hold `{name}` places that are filled from the context.
 */
export function faultsOf<T extends FaultTable>(table: T) {
  return (code: keyof T & string, context: Readonly<Record<string, unknown>> = {}, cause?: unknown): Fault => {
    const row = table[code] as FaultRow; // the key type says that the row exists
    const text = row.text.replace(/\{(\w+)\}/g, (_all, name: string) => String(context[name] ?? `{${name}}`));
    return new Fault(code, { ...row, text }, context, cause);
  };
}
