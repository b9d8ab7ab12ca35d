import type { JsonShape } from '@seawall/contract';
import { isPlainName } from './path-template.ts';
import { formatOf, mergeFormats } from './text-format.ts';

// Bounds: a likeness is shared with every node, so no answer may make it large.
const MAX_DEPTH = 6;
const MAX_MEMBERS = 40;
const MAX_ITEMS_READ = 20;

/** The shape of a parsed JSON value: kinds, formats and names of members, no values. */
export function shapeOf(value: unknown, depth = 0): JsonShape {
  if (value === null || value === undefined || depth > MAX_DEPTH) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean' };
  if (typeof value === 'number') return numberShape(value);
  if (typeof value === 'string') return { kind: 'string', format: formatOf(value), maxLength: value.length };
  if (Array.isArray(value)) return arrayShape(value, depth);
  return objectShape(value, depth);
}

function numberShape(value: number): JsonShape {
  const integer = Number.isInteger(value);
  const size = Math.abs(value);
  if (integer && size >= 1e12 && size < 4e12) return { kind: 'number', integer, format: 'epoch-ms' };
  if (integer && size >= 1e9 && size < 4e9) return { kind: 'number', integer, format: 'epoch-s' };
  return { kind: 'number', integer, format: size > 10_000 ? 'large' : 'small' };
}

function arrayShape(value: readonly unknown[], depth: number): JsonShape {
  let item: JsonShape | undefined;
  for (const one of value.slice(0, MAX_ITEMS_READ)) {
    const shape = shapeOf(one, depth + 1);
    item = item ? mergeShapes(item, shape) : shape;
  }
  return { kind: 'array', item, maxItems: Math.min(value.length, 100) };
}

function objectShape(value: object, depth: number): JsonShape {
  const entries = Object.entries(value);
  // A table whose keys are data (`{"alice": 3, "bob": 5}`) shows as many or odd names: keys are dropped then.
  const isTable = entries.length > MAX_MEMBERS || entries.some(([name]) => !isPlainName(name));
  if (isTable) return { kind: 'object', members: {} };
  return { kind: 'object', members: Object.fromEntries(entries.map(([name, one]) => [name, shapeOf(one, depth + 1)])) };
}

/** One shape that covers both. */
export function mergeShapes(a: JsonShape, b: JsonShape): JsonShape {
  if (a.kind === 'null') return b;
  if (a.kind === 'string' && b.kind === 'string') {
    return { kind: 'string', format: mergeFormats(a.format, b.format), maxLength: Math.max(a.maxLength, b.maxLength) };
  }
  if (a.kind === 'number' && b.kind === 'number') {
    return { kind: 'number', integer: a.integer && b.integer, format: a.format === b.format ? a.format : 'small' };
  }
  if (a.kind === 'array' && b.kind === 'array') {
    const item = a.item && b.item ? mergeShapes(a.item, b.item) : (a.item ?? b.item);
    return { kind: 'array', item, maxItems: Math.max(a.maxItems, b.maxItems) };
  }
  if (a.kind === 'object' && b.kind === 'object') return mergeObjects(a.members, b.members);
  return a;
}

function mergeObjects(a: Readonly<Record<string, JsonShape>>, b: Readonly<Record<string, JsonShape>>): JsonShape {
  const members = new Map(Object.entries(a));
  for (const [name, shape] of Object.entries(b)) {
    const known = members.get(name);
    if (known) members.set(name, mergeShapes(known, shape));
    else if (members.size < MAX_MEMBERS) members.set(name, shape);
  }
  return { kind: 'object', members: Object.fromEntries(members) };
}
