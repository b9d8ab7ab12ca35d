import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { en } from './en.ts';
import { zh } from './zh.ts';

const SOURCE = join(import.meta.dirname, '..');
/** Chosen by the server: steps of the overview, families, what a decoy learned. */
const BY_SERVER = ['next.', 'family.', 'learned.'];

test('both languages have the same keys', () => {
  assert.deepEqual(Object.keys(zh).toSorted(), Object.keys(en).toSorted());
  assert.ok(Object.keys(en).length > 300);
});

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).toSorted();

test('every text has the same placeholders in both languages', () => {
  for (const [key, text] of Object.entries(en)) {
    assert.deepEqual(placeholders(zh[key as keyof typeof zh]), placeholders(text), key);
  }
});

test('no text is empty, and Chinese texts are Chinese', () => {
  const same = Object.entries(en).filter(([key, text]) => zh[key as keyof typeof zh] === text);
  assert.deepEqual(same.map(([key]) => key).toSorted(), ['act.name', 'column.p99']);
  for (const [key, text] of [...Object.entries(en), ...Object.entries(zh)]) assert.notEqual(text.trim(), '', key);
});

test('every key is used somewhere, and every used key exists', () => {
  const sources = globSync('**/*.{ts,tsx}', { cwd: SOURCE })
    .filter((file) => !file.startsWith('text/') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
    .join('\n');
  const built = [...sources.matchAll(/`([a-z]+\.)\$\{[^}]+\}([\w.]*)`/gi)].map(
    (match) => [match[1], match[2]] as const,
  );
  const isBuilt = (key: string) =>
    built.some(
      ([start = '', end = '']) =>
        key.startsWith(start) && key.endsWith(end) && !key.slice(start.length, key.length - end.length).includes('.'),
    );
  const unused = Object.keys(en).filter(
    (key) => !sources.includes(`'${key}'`) && !isBuilt(key) && !BY_SERVER.some((start) => key.startsWith(start)),
  );
  assert.deepEqual(unused, []);
  const said = [...sources.matchAll(/\bsay\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? '');
  assert.deepEqual(
    said.filter((key) => !Object.hasOwn(en, key)),
    [],
  );
});
