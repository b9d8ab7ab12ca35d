import { inventPerson } from './invent.ts';
import { Seeded } from './random.ts';
import { showColumn, splitColumns } from './union-rows.ts';

/** How a service would answer a question that reaches its database. */
export type QueryOutcome =
  | { readonly kind: 'rows'; readonly rows: readonly string[]; readonly count: number; readonly delayMs: number }
  | { readonly kind: 'empty'; readonly delayMs: number }
  | { readonly kind: 'error' };

/** Longer waits would only cost us: a probe asks for seconds. */
const MAX_DELAY_MS = 5_000;

/** Plays an injectable database: comparisons hold or not, waits happen, UNION gives rows that look like accounts. */
export function playQuery(payload: string, seed: string): QueryOutcome {
  const delayMs = delayOf(payload);
  const comparison = /\b(?:and|having)\s+\(*'?(\w{1,12})'?\)*\s*(=|<>|!=|<|>|like)\s*\(*'?(\w{1,12})/i.exec(payload);
  if (comparison && !holds(comparison[1] ?? '', comparison[2] ?? '', comparison[3] ?? ''))
    return { kind: 'empty', delayMs };
  const ordered = /\border\s+by\s+(\d{1,6})/i.exec(payload);
  if (ordered && Number(ordered[1]) > COLUMNS) return { kind: 'error' };
  // A tool's test for a guessed answer: two numbers without an operator are no SQL.
  if (/\b(?:and|or)\s+\d+\s+\d+/i.test(payload)) return { kind: 'error' };
  const union = /\bunion\b[^]{0,20}?\bselect\b\s*([^]{0,400})/i.exec(payload);
  if (union) return playUnion(union[1] ?? '', seed, delayMs);
  // An odd number of quotes breaks the statement, unless the rest is commented out.
  const quotes = payload.split("'").length - 1;
  if (quotes % 2 === 1 && !/--|#|\/\*/.test(payload) && !/'\s*(?:or|and)\b/i.test(payload)) return { kind: 'error' };
  return {
    kind: 'rows',
    rows: /information_schema|sqlite_master|password|users?\b/i.test(payload) ? accounts(seed) : [],
    count: 12,
    delayMs,
  };
}

function playUnion(selected: string, seed: string, delayMs: number): QueryOutcome {
  const list = selected.split(/--|#|\/\*/, 1)[0] ?? '';
  const from = /\)?\s+from\s+[\w."`]+(?:\s|$|[^,]*$)/i.exec(list);
  const isInner =
    from !== null && list.slice(0, from.index).split('(').length > list.slice(0, from.index).split(')').length;
  const columns = splitColumns(from && !isInner ? list.slice(0, from.index) : list);
  if (columns?.length !== COLUMNS) return { kind: 'error' };
  const all = accountsOf(seed);
  const rows = (from ? all : all.slice(0, 1)).map((account) =>
    columns
      .map((column) => showColumn(column, account))
      .filter((text) => text !== '')
      .join(':'),
  );
  return { kind: 'rows', rows, count: Math.max(rows.length, 1), delayMs };
}

/** Columns of the made-up table: number, author, text, time. */
const COLUMNS = 4;

function holds(left: string, operator: string, right: string): boolean {
  switch (operator.toLowerCase()) {
    case '=':
    case 'like':
      return left === right;
    case '<':
      return Number(left) < Number(right);
    case '>':
      return Number(left) > Number(right);
    default:
      return left !== right;
  }
}

function delayOf(payload: string): number {
  const seconds = /\b(?:pg_)?sleep\s*\(\s*(\d{1,3}(?:\.\d+)?)|waitfor\s+delay\s+'0:0:(\d{1,2})/i.exec(payload);
  if (seconds) return Math.min(MAX_DELAY_MS, Number(seconds[1] ?? seconds[2] ?? 0) * 1000);
  return /\b(?:benchmark\s*\(|randomblob\s*\(\s*\d{6})/i.test(payload) ? 2_000 : 0;
}

export interface Account {
  readonly id: number;
  readonly user: string;
  readonly email: string;
  readonly hash: string;
}

/** Made-up accounts, the same for the same seed; the hashes are of nothing. */
function accountsOf(seed: string): readonly Account[] {
  const random = new Seeded(`${seed}\u0000accounts`);
  return Array.from({ length: 8 }, (_, index) => {
    const { user, email } = index === 0 ? { user: 'admin', email: 'admin@example.org' } : inventPerson(random);
    const hash = `$2b$10$${random.text('./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 53)}`;
    return { id: index + 1, user, email, hash };
  });
}

const accounts = (seed: string): readonly string[] =>
  accountsOf(seed).map(({ user, email, hash }) => `${user}:${email}:${hash}`);
