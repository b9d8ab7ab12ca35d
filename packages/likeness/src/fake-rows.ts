import { inventPerson } from './invent.ts';
import { Seeded } from './random.ts';

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
  const union = /\bunion\b[\s\S]{0,20}?\bselect\b\s*([\s\S]{0,400})/i.exec(payload);
  if (union) {
    const columns = (union[1] ?? '').split(/\bfrom\b|--|#/i, 1)[0]?.split(',').length ?? 0;
    if (columns !== COLUMNS) return { kind: 'error' };
    return { kind: 'rows', rows: accounts(seed), count: 8, delayMs };
  }
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
  return /\b(?:benchmark|randomblob)\s*\(/i.test(payload) ? 2_000 : 0;
}

/** Made-up accounts, the same for the same seed; the hashes are of nothing. */
function accounts(seed: string): readonly string[] {
  const random = new Seeded(`${seed}\u0000accounts`);
  return Array.from({ length: 8 }, (_, index) => {
    const person = index === 0 ? { user: 'admin', email: 'admin@example.org' } : inventPerson(random);
    return `${person.user}:${person.email}:$2b$10$${random.text('./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 53)}`;
  });
}
