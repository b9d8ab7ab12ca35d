import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownTable, withSection } from './document.ts';

const DOCUMENT = '# Figures\n<!-- bench waf -->\nold\n<!-- end of bench waf -->\nafter\n';

test('a section takes the place of the old one, as often as it is written', () => {
  const once = withSection(DOCUMENT, 'waf', 'new');
  assert.equal(once, '# Figures\n<!-- bench waf -->\n\nnew\n\n<!-- end of bench waf -->\nafter\n');
  assert.equal(withSection(once, 'waf', 'new'), once);
  assert.throws(() => withSection(DOCUMENT, 'engine', 'new'), /no section/);
});

test('a table has a rule for each column, figures to the right', () => {
  const table = markdownTable(
    ['what', 'us'],
    [
      ['a | b', '1.5'],
      ['c', '20'],
    ],
  );
  assert.equal(table, '| what | us |\n| --- | ---: |\n| a \\| b | 1.5 |\n| c | 20 |');
});
