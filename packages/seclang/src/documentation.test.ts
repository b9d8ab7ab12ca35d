import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CTL_NAMES } from './compile/ctl.ts';
import { ACTION_NAMES } from './compile/rule-actions.ts';
import { KNOWN_NAMES } from './load/read-files.ts';
import { OPERATOR_NAMES } from './operators/index.ts';
import { TRANSFORMATIONS } from './transformations/index.ts';
import { VARIABLES } from './variables/registry.ts';

const PAGE = readFileSync(new URL('../../../docs/seclang.md', import.meta.url), 'utf8');

/** What stands in back-ticks in the first column of a section's table. */
function documented(section: string): string[] {
  const text = PAGE.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  const rows = text.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('|-'));
  return rows
    .slice(1)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
}

const SECTIONS: readonly (readonly [section: string, names: Iterable<string>])[] = [
  ['Directives', KNOWN_NAMES],
  ['Variables', VARIABLES.keys()],
  ['Operators', OPERATOR_NAMES],
  ['Transformations', TRANSFORMATIONS.keys()],
  ['Actions', ACTION_NAMES],
  ['ctl', CTL_NAMES],
];

test('docs/seclang.md names what there is, each once', () => {
  for (const [section, names] of SECTIONS) {
    const sorted = (list: Iterable<string>): string[] => [...list].map((name) => name.toLowerCase()).sort();
    assert.deepEqual(sorted(documented(section)), sorted(names), section);
  }
  assert.equal(SECTIONS.length, 6);
});
