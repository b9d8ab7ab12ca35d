import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Complaints } from '../language/complaints.ts';
import { parseFile } from '../language/parse.ts';

export interface CrsPattern {
  readonly id: number;
  readonly text: string;
}

export interface CrsPatterns {
  readonly patterns: readonly CrsPattern[];
  /** For a test's `skip`: false, or why there are none. */
  readonly missing: string | false;
}

const CACHE = new URL('../../../../.cache/conformance/', import.meta.url);

/** The distinct @rx patterns of the rules that `npm run conformance -- crs4` (or crs33) obtained. */
export function crsPatterns(which: 'crs4' | 'crs33' = 'crs4'): CrsPatterns {
  const folder = new URL(`${which}/rules/`, CACHE);
  if (!existsSync(folder)) {
    return { patterns: [], missing: `needs the rules that "npm run conformance -- ${which}" obtains` };
  }
  const known = new Map<string, number>();
  for (const name of readdirSync(folder).toSorted()) {
    if (!name.endsWith('.conf')) continue;
    const text = readFileSync(new URL(name, folder), 'latin1');
    for (const statement of parseFile(name, text, new Complaints(new Map([[name, text]])))) {
      if (statement.kind !== 'rule' || statement.operator?.name.toLowerCase() !== 'rx') continue;
      const { argument } = statement.operator;
      const id = Number(statement.actions.find((action) => action.name === 'id')?.value ?? statement.at.line);
      // A macro is expanded while rules run.
      if (!argument.includes('%{') && !known.has(argument)) known.set(argument, id);
    }
  }
  return { patterns: [...known].map(([text, id]) => ({ id, text })), missing: false };
}
