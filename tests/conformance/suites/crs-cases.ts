import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Stage } from '../../../apps/cli/src/rule-cases/case-files.ts';
import { assertJudgeable } from './crs-verdict.ts';

export interface CrsCase {
  /** `920100-2`. */
  readonly name: string;
  readonly stages: readonly Stage[];
  /** CRS 3.3 was written for a runner that adds no Content-Length to an empty body. */
  readonly era: 3 | 4;
}

interface CaseFile {
  readonly rule_id?: number;
  readonly tests?: readonly {
    readonly test_id?: number;
    readonly test_title?: string;
    readonly stages?: readonly (Stage | { readonly stage: Stage })[];
  }[];
}

/** All cases below a folder, in the order of their files. CRS 3.3 wraps each stage once more. */
export function readCases(folder: string): CrsCase[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort();
  return files.flatMap((name) => {
    // The suite's own files; a case of another shape fails as a case.
    const file = parse(readFileSync(join(folder, name), 'utf8')) as CaseFile | null;
    return (file?.tests ?? []).map((test) => ({
      name: test.test_title ?? `${file?.rule_id}-${test.test_id}`,
      era: test.test_title === undefined ? 4 : 3,
      stages: (test.stages ?? []).map((stage) => ('stage' in stage ? stage.stage : stage)),
    }));
  });
}

/** All cases, or those of one rule, or one. Throws when a case cannot be judged, or when one of the files' cases is not among them. */
export function chosenCases(folder: string, only: string | undefined): CrsCase[] {
  const cases = readCases(folder);
  for (const one of cases) assertJudgeable(one);
  const named = countNames(folder);
  // Counted in the text, not by the reader: a wrapper that the reader does not know would hide tests.
  if (named !== cases.length) throw new Error(`the files name ${named} tests, and ${cases.length} were read`);
  return only === undefined ? cases : cases.filter(({ name }) => name === only || name.startsWith(`${only}-`));
}

function countNames(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  return texts.reduce((sum, text) => sum + (text.match(/^ *-? *(?:test_id|test_title):/gm)?.length ?? 0), 0);
}
