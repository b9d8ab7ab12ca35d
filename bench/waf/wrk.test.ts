import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SHOP_WORDS } from '../engine/words.ts';
import { readTold, type Told, whyVoid } from './wrk.ts';

const OUTPUT = `Running 2s test @ http://127.0.0.1:8080
  1 threads and 16 connections
  2000 requests in 2.00s, 410.00KB read
Requests/sec:    1000.00
{"requests":2000,"seconds":2.001500,"refused":7,"connect":1,"read":2,"write":0,"timeout":3}
`;

test('the report of a mix is found in what wrk writes', () => {
  assert.deepEqual(readTold(OUTPUT), { requests: 2000, seconds: 2.0015, refused: 7, broken: 6 });
});

test('a run without a whole report is an error', () => {
  assert.throws(() => readTold('unable to connect to 127.0.0.1:8080 Connection refused\n'), /without a report/);
  assert.throws(() => readTold('{"requests":2000,"seconds":2}\n'), /lacks a figure/);
});

const fine: Told = { requests: 1400, seconds: 1, refused: 0, broken: 0 };
const CASES: readonly (readonly [name: string, why: RegExp | undefined, ...run: Parameters<typeof whyVoid>])[] = [
  ['browsing that passes', undefined, 'varied', fine, true],
  ['one refusal while browsing', /1 of 1400 requests were refused/, 'varied', { ...fine, refused: 1 }, true],
  ['repeated browsing counts alike', /refused/, 'repeated', { ...fine, refused: 1400 }, true],
  ['no request at all', /not one/, 'varied', { ...fine, requests: 0 }, true],
  ['broken connections', /2 of 1400 .* broken/, 'varied', { ...fine, broken: 2 }, true],
  ['every attack refused', undefined, 'attack', { ...fine, refused: 140 }, true],
  ['the ends of a run', undefined, 'attack', { ...fine, refused: 143 }, true],
  [
    'one kind of attack of fourteen passes',
    /130 of 1400 .* it is to be 140/,
    'attack',
    { ...fine, refused: 130 },
    true,
  ],
  ['a proxy that refuses more', /150 of 1400/, 'attack', { ...fine, refused: 150 }, true],
  ['a proxy without rules refuses no attack', undefined, 'attack', fine, false],
];

test('a run that shows something else than it should is void', () => {
  for (const [name, why, ...run] of CASES) {
    const told = whyVoid(...run);
    if (why === undefined) assert.equal(told, undefined, name);
    else assert.match(told ?? '', why, name);
  }
  assert.equal(CASES.length, 10);
});

test('both benches browse with the same words', () => {
  const script = readFileSync(new URL('mix-varied.lua', import.meta.url), 'utf8');
  const words = /\[\[([^\]]+)\]\]/.exec(script)?.[1]?.trim().split(/\s+/);
  assert.deepEqual(words, SHOP_WORDS);
});
