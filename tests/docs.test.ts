// What the documents name exists.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'examples/*.md', 'deploy/*.md', 'rulesets/**/*.md'], {
  exclude: ['**/node_modules/**'],
});

test('every file that a document names exists', () => {
  const missing = DOCUMENTS.flatMap((document) => {
    const text = readFileSync(document, 'utf8');
    const paths = [
      ...text.matchAll(/`((?:apps|packages|rulesets|examples|tests|testkit|deploy|docs|scripts|bench)\/[\w./-]+)`/g),
    ];
    return paths.flatMap(([, path = '']) => (existsSync(path) ? [] : [`${document}: ${path}`]));
  });
  assert.deepEqual(missing, []);
});

test('every relative link of a document leads somewhere', () => {
  const broken = DOCUMENTS.flatMap((document) => {
    const text = readFileSync(document, 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)];
    return links.flatMap(([, link = '']) =>
      existsSync(join(dirname(document), link)) ? [] : [`${document}: ${link}`],
    );
  });
  assert.deepEqual(broken, []);
});

test('README and ARCHITECTURE keep to their size', () => {
  assert.ok(readFileSync('README.md', 'utf8').split('\n').length <= 120);
  assert.ok(readFileSync('ARCHITECTURE.md', 'utf8').split('\n').length <= 300);
});
