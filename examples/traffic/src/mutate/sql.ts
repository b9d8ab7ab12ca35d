import type { Random } from '../random.ts';
import { mixedCase } from './encode.ts';

const TOKEN = /('(?:[^']|'')*')|([A-Za-z_]\w*)|(\d+)|( +)|([^])/g;

/** Rewrites SQL into other SQL that SQLite understands as the same: case, gaps, comments, literals, nesting. */
export function mutatedSql(sql: string, random: Random): string {
  const gap = random.pick([' ', ' ', '\t', '\n', '/**/', '/* */', `/*${random.letters(3)}*/`, '  ']);
  return sql.replace(TOKEN, (whole, text?: string, word?: string, number?: string, space?: string) => {
    if (text !== undefined) return literal(text.slice(1, -1).replaceAll("''", "'"), random);
    if (word !== undefined) return mixedCase(word, random);
    if (number !== undefined) return numeral(Number(number), random);
    if (space !== undefined) return random.chance(0.85) ? gap : ' ';
    return whole;
  });
}

function literal(value: string, random: Random): string {
  const quoted = (part: string): string => `'${part.replaceAll("'", "''")}'`;
  const bytes = Buffer.from(value);
  const way = random.below(5);
  if (way === 0 && value.length > 0) return `char(${[...value].map((one) => one.codePointAt(0)).join(',')})`;
  if (way === 1) return `cast(x'${bytes.toString('hex')}' as text)`;
  if (way === 2 && value.length > 1) return `(${quoted(value.slice(0, 1))}||${quoted(value.slice(1))})`;
  return quoted(value);
}

function numeral(value: number, random: Random): string {
  const other = 1 + random.below(9);
  return random.pick([
    String(value),
    String(value),
    `(${value})`,
    `0x${value.toString(16)}`,
    `(${value + other}-${other})`,
  ]);
}

/** Something that is always true, or always false, written one way or another. */
export function condition(isTrue: boolean, random: Random): string {
  const n = 2 + random.below(90);
  const word = random.letters(3);
  const truths = [
    `${n}=${n}`,
    `${n}>${n - 1}`,
    `'${word}'='${word}'`,
    `${n} BETWEEN 1 AND 99`,
    `NOT ${n}=${n + 1}`,
    `'${word}' LIKE '${word}'`,
  ];
  const lies = [`${n}=${n + 1}`, `${n}<${n - 1}`, `'${word}'='${word}x'`, `${n} BETWEEN 100 AND 200`, `NOT ${n}=${n}`];
  return random.pick(isTrue ? truths : lies);
}

/** Ends the statement, so that what the service wrote behind is not read. */
export function ending(random: Random): string {
  return random.pick([' -- ', '--', ` --${random.letters(2)}`, ' /*', ';--', '/**/--']);
}

/** A nested form of a table: the same rows. */
export function nested(table: string, random: Random): string {
  return random.pick([table, table, `(SELECT * FROM ${table})`, `(SELECT * FROM (SELECT * FROM ${table}))`]);
}
