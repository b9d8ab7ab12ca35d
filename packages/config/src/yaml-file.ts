import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { Problem } from '@seawall/faults';

export type Path = readonly PropertyKey[];

/** A YAML text with the place of every key and value in it. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The value at the path, or the nearest one above it that exists. */
  problemAt(path: Path, code: string, text: string, hint?: string): Problem;
  /** The key itself, for complaints about keys. */
  problemAtKey(path: Path, code: string, text: string, hint?: string): Problem;
}

/** Aliases are limited because nested ones grow exponentially ("billion laughs"). */
const MAX_ALIASES = 20;

export function readYaml(file: string, text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const lines = text.split(/\r?\n/);

  const problem = (offset: number, code: string, message: string, hint?: string): Problem => {
    const place = counter.linePos(Math.max(0, offset));
    const line = Math.max(1, place.line);
    return {
      severity: 'error',
      code,
      file,
      line,
      column: Math.max(1, place.col),
      text: message,
      snippet: lines[line - 1] ?? '',
      ...(hint === undefined ? {} : { hint }),
    };
  };

  const problems: Problem[] = document.errors.map((error) => problem(error.pos[0], 'config.yaml', error.message));
  let value: unknown = {};
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {};
    } catch (error) {
      problems.push(problem(0, 'config.yaml', error instanceof Error ? error.message : String(error)));
    }
  }
  return {
    file,
    value,
    problems,
    problemAt: (path, code, message, hint) => problem(offsetOf(document, path), code, message, hint),
    problemAtKey: (path, code, message, hint) => problem(keyOffset(document, path), code, message, hint),
  };
}

function start(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

function offsetOf(document: Document, path: Path): number {
  let node = document.contents as Node | null;
  let offset = start(node);
  for (const step of path) {
    const next = child(node, step);
    if (next === undefined) break;
    node = next;
    offset = start(node);
  }
  return offset;
}

function keyOffset(document: Document, path: Path): number {
  const parent = path.slice(0, -1);
  let node = document.contents as Node | null;
  for (const step of parent) node = child(node, step) ?? null;
  if (isMap(node)) {
    for (const pair of node.items) {
      if (isScalar(pair.key) && String(pair.key.value) === String(path.at(-1))) return start(pair.key);
    }
  }
  return offsetOf(document, path);
}

function child(node: Node | null, step: PropertyKey): Node | undefined {
  if (!isMap(node) && !isSeq(node)) return undefined;
  return node.get(step, true) as Node | undefined; // keepScalar: always a node
}
