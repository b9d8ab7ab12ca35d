import type { JsonShape } from '@seawall/contract';
import { inventNumber, inventText } from './invent.ts';
import type { Seeded } from './random.ts';

export interface Filling {
  readonly random: Seeded;
  readonly nowMs: number;
  /** Time of the members at the top, when the answer is about something that was just made. */
  readonly freshMs?: number;
  /** Values of the question by member name: an answer that repeats what was sent is believed. */
  readonly echo?: ReadonlyMap<string, unknown>;
  /** Rows of every list at the top; absent: as many as were learned, at least a few. */
  readonly rows?: number;
  /** Texts to show in the rows or the longest text, e.g. the fake outcome of an attack. */
  readonly shown?: readonly string[];
}

const MAX_ROWS = 24;

/** Values for a shape. Row k of a list is the same for everybody who asks with the same seed. */
export function fillJson(shape: JsonShape, filling: Filling, depth = 0): unknown {
  switch (shape.kind) {
    case 'null':
      return null;
    case 'boolean':
      return filling.random.next() < 0.85;
    case 'number':
      return inventNumber(shape.format, shape.integer, filling.random, filling.nowMs);
    case 'string':
      return inventText(shape.format, shape.maxLength, filling.random, filling.nowMs);
    case 'array':
      return fillArray(shape, filling, depth);
    case 'object':
      return fillObject(shape.members, filling, depth);
    default:
      return shape satisfies never;
  }
}

function fillArray(shape: Extract<JsonShape, { kind: 'array' }>, filling: Filling, depth: number): unknown[] {
  const { item } = shape;
  if (!item) return [];
  const learned = Math.min(MAX_ROWS, Math.max(shape.maxItems, 8));
  const wanted =
    depth <= 2 && filling.rows !== undefined ? filling.rows : filling.random.whole(Math.min(4, learned), learned);
  const first = filling.random.whole(2, 60);
  return Array.from({ length: Math.min(wanted, MAX_ROWS) }, (_, index) => {
    const row = fillJson(item, { ...filling, random: filling.random.fork(index) }, depth + 1);
    return asRow(row, item, first + index, filling.shown?.[index]);
  });
}

/** Numbers the rows as a table would, and shows a text in the widest text of its row. */
function asRow(row: unknown, item: JsonShape, id: number, shown: string | undefined): unknown {
  if (typeof row !== 'object' || row === null || item.kind !== 'object') return shown ?? row;
  const made: Record<string, unknown> = { ...row };
  const members = Object.entries(item.members);
  const key = members.find(([, shape]) => shape.kind === 'number' && shape.integer && shape.format === 'small');
  if (key) made[key[0]] = id;
  const widest = widestText(item.members);
  if (shown !== undefined && widest !== undefined) made[widest] = shown;
  return made;
}

export function widestText(members: Readonly<Record<string, JsonShape>>): string | undefined {
  let widest: string | undefined;
  let length = -1;
  for (const [name, shape] of Object.entries(members)) {
    if (shape.kind !== 'string' || shape.format?.startsWith('static:') === true || shape.maxLength <= length) continue;
    widest = name;
    length = shape.maxLength;
  }
  return widest;
}

function freshTime(shape: JsonShape, depth: number, { freshMs }: Filling): number | undefined {
  if (freshMs === undefined || depth > 0 || shape.kind !== 'number') return undefined;
  if (shape.format === 'epoch-ms') return freshMs;
  return shape.format === 'epoch-s' ? Math.floor(freshMs / 1000) : undefined;
}

/** What was sent, where the shape allows it. */
function repeated(sent: unknown, shape: JsonShape): string | number | undefined {
  // The word that tells the kind of a message is the service's own.
  if (shape.kind === 'string' && shape.format?.startsWith('static:') === true) return undefined;
  if (shape.kind === 'string' && typeof sent === 'string' && sent.length <= 2_000) return sent;
  if (shape.kind === 'number' && /^-?[0-9]{1,9}$/.test(String(sent))) return Number(sent);
  return undefined;
}

function fillObject(members: Readonly<Record<string, JsonShape>>, filling: Filling, depth: number): unknown {
  const made: [string, unknown][] = Object.entries(members).map(([name, shape]) => {
    const sent = depth === 0 ? filling.echo?.get(name) : undefined;
    const part = { ...filling, random: filling.random.fork(name) };
    return [name, repeated(sent, shape) ?? freshTime(shape, depth, filling) ?? fillJson(shape, part, depth + 1)];
  });
  const isList = Object.values(members).some((shape) => shape.kind === 'array');
  const [shown] = filling.shown ?? [];
  const widest = depth === 0 && !isList && shown !== undefined ? widestText(members) : undefined;
  return Object.fromEntries(made.map(([name, value]) => [name, name === widest ? shown : value]));
}

/** Is this a list, or does it hold one at the top? */
export function hasList(shape: JsonShape): boolean {
  if (shape.kind === 'object') return Object.values(shape.members).some((member) => member.kind === 'array');
  return shape.kind === 'array';
}
