import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from './save-rows.ts';

const COLUMNS = [
  { key: 'name', value: (row: { name: string; count: number }) => row.name },
  { key: 'count', value: (row: { name: string; count: number }) => row.count },
];

test('cells with commas, quotes and line ends are quoted', () => {
  assert.equal(csvOf([{ name: 'a "b", c\n', count: -3 }], COLUMNS), 'name,count\r\n"a ""b"", c\n",-3\r\n');
});

test('a text of an attacker does not become a formula', () => {
  const [, line] = csvOf([{ name: '=cmd|calc!A1', count: 1 }], COLUMNS).split('\r\n');
  assert.equal(line, "'=cmd|calc!A1,1");
});
