import type { z } from 'zod';
import { nearest, type Problem } from '@seawall/faults';
import type { Path, YamlFile } from './yaml-file.ts';

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Decodes strictly: unknown keys are errors that name the nearest known one, and every complaint has its place in the file. */
export function decode<S extends z.ZodType>(schema: S, yaml: YamlFile): Decoded<z.infer<S>> {
  if (yaml.problems.length > 0) return { ok: false, problems: yaml.problems };
  const result = schema.safeParse(yaml.value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, problems: result.error.issues.flatMap((issue) => issueProblems(schema, yaml, issue, [])) };
}

type Issue = z.core.$ZodIssue;

function issueProblems(schema: z.ZodType, yaml: YamlFile, issue: Issue, above: Path): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const hint = near === undefined ? `known keys: ${known.join(', ')}` : `did you mean "${near}"?`;
      return yaml.problemAtKey([...path, key], 'config.unknown-key', `"${key}" is not a key of ${name(path)}`, hint);
    });
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative with the fewest complaints is the one that was meant.
    const best = issue.errors.toSorted((a, b) => a.length - b.length)[0] ?? [];
    if (best.length > 0) return best.flatMap((inner) => issueProblems(schema, yaml, inner, path));
  }
  return [yaml.problemAt(path, 'config.value', `${name(path)}: ${issue.message}`)];
}

function name(path: Path): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.');
}

/** Walks a schema along a path to the object that stands there. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let current: unknown = schema;
  for (const step of path) current = inner(unwrap(current), step);
  const shape = (unwrap(current) as { shape?: Record<string, unknown> } | undefined)?.shape;
  return shape === undefined ? [] : Object.keys(shape);
}

interface Inside {
  readonly def?: {
    readonly type?: string;
    readonly innerType?: unknown;
    readonly in?: unknown;
    readonly out?: unknown;
    readonly element?: unknown;
    readonly valueType?: unknown;
    readonly options?: readonly unknown[];
  };
  readonly shape?: Record<string, unknown>;
}

function unwrap(schema: unknown): unknown {
  let current = schema as Inside | undefined;
  for (let depth = 0; depth < 8 && current?.def !== undefined; depth++) {
    const next = current.def.innerType ?? (current.def.type === 'pipe' ? current.def.in : undefined);
    if (next === undefined) break;
    current = next as Inside;
  }
  return current;
}

function inner(schema: unknown, step: PropertyKey): unknown {
  const inside = schema as Inside | undefined;
  if (inside?.shape !== undefined) return inside.shape[String(step)];
  if (inside?.def?.options !== undefined) {
    return inside.def.options.find((option) => (unwrap(option) as Inside).shape?.[String(step)] !== undefined);
  }
  return inside?.def?.element ?? inside?.def?.valueType;
}
