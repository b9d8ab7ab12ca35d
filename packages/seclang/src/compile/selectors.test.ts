import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Item } from '../transaction/item.ts';
import { compileSelector, selects } from './selectors.ts';

test('a pattern of names selects what it finds, whatever the shorter way', () => {
  const cases: readonly (readonly [pattern: string, name: string, expected: boolean])[] = [
    ['^ab_c', 'AB_CD', true],
    ['^ab_c', 'xab_c', false],
    ['^ab_c', 'ab_', false],
    ['content_types_*', 'MULTIPART_CONTENT_TYPES_1', true],
    ['content_types_*', 'multipart_content_types', true],
    ['content_types_*', 'content-types', false],
    ['^a.c$', 'abc', true],
    ['^a.c$', 'abcd', false],
    ['x|y', 'Y', true],
  ];
  for (const [pattern, name, expected] of cases) {
    assert.equal(
      selects(compileSelector({ kind: 'pattern', pattern }), new Item(name, '')),
      expected,
      `${pattern} ${name}`,
    );
  }
});
