import type { ArgumentTemplate, OperatorRun } from '../operators/operator.ts';
import { lowerCase } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import type { Selector } from './program.ts';
import { compileSelector, selects } from './selectors.ts';
import { VARIABLES } from '../variables/registry.ts';
import type { Variable } from '../variables/variable.ts';

/** `%{tx.name}`, `%{matched_var}`. */
export interface MacroReference {
  readonly name: string;
  readonly variable: Variable | undefined;
  readonly lowerKey: string | undefined;
  /** `%{ARGS:/^id/}`: the first member whose name it finds. */
  readonly selector: Selector | undefined;
}

/** A text with macros in it, taken apart once. */
export class Template implements ArgumentTemplate {
  readonly text: string;
  readonly constant: string | undefined;
  private readonly parts: readonly (string | MacroReference)[];

  constructor(text: string) {
    this.text = text;
    this.parts = splitMacros(text);
    this.constant = this.parts.every((part) => typeof part === 'string') ? this.parts.join('') : undefined;
  }

  get references(): MacroReference[] {
    return this.parts.filter((part) => typeof part !== 'string');
  }

  /** Names that no variable has; they expand to nothing. */
  get unknown(): string[] {
    return this.parts.flatMap((part) => (typeof part === 'string' || part.variable !== undefined ? [] : [part.name]));
  }

  /** The text when all its macros are members of TX with known values. */
  withKnown(known: ReadonlyMap<string, string>): string | undefined {
    let out = '';
    for (const part of this.parts) {
      const text =
        typeof part === 'string' ? part : part.variable?.name === 'TX' ? known.get(part.lowerKey ?? '') : undefined;
      if (text === undefined) return undefined;
      out += text;
    }
    return out;
  }

  expand(run: OperatorRun): string {
    if (this.constant !== undefined) return this.constant;
    let out = '';
    for (const part of this.parts) out += typeof part === 'string' ? part : run.macro(part.name);
    return out;
  }

  evaluate(run: Run): string {
    if (this.constant !== undefined) return this.constant;
    let out = '';
    for (const part of this.parts) out += typeof part === 'string' ? part : macroValue(part, run);
    return out;
  }
}

function splitMacros(text: string): (string | MacroReference)[] {
  const parts: (string | MacroReference)[] = [];
  let from = 0;
  // ModSecurity v3 takes a percent sign behind the brace for a part of the macro, unless the next macro begins with it.
  for (const match of text.matchAll(/%\{([^{}]+)\}(?:%(?!\{))?/g)) {
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push(macroReference(match[1] ?? ''));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

export function macroReference(name: string): MacroReference {
  const match = /^([^.:]+)(?:[.:]([^]*))?$/.exec(name);
  const key = match?.[2];
  const pattern = /^'?\/([^]+)\/'?$/.exec(key ?? '')?.[1];
  return {
    name,
    variable: VARIABLES.get((match?.[1] ?? '').toUpperCase()),
    lowerKey: key === undefined || pattern !== undefined ? undefined : lowerCase(key),
    selector: pattern === undefined ? undefined : compileSelector({ kind: 'pattern', pattern }),
  };
}

/** The first value that the name has; '' when there is none. */
export function macroValue({ variable, lowerKey, selector }: MacroReference, run: Run): string {
  if (variable === undefined) return '';
  if (selector !== undefined) return run.read(variable).find((item) => selects(selector, item))?.value ?? '';
  if (lowerKey === undefined) return run.read(variable)[0]?.value ?? '';
  if (variable.readOne !== undefined) return variable.readOne(run, lowerKey)?.value ?? '';
  for (const item of run.read(variable)) if (item.lowerKey === lowerKey) return item.value;
  return '';
}
