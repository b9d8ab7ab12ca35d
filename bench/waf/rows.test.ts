import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ticksOf } from './cpu-time.ts';
import { DEFAULTS, readOptions, secondsOf } from './options.ts';
import { type Measured, rowOf, type Sample, summaryOf, tableOf } from './rows.ts';
import { withEmptyLines } from './rules.ts';
import { counterIn } from './seawall.ts';

const sample = (workerMicros: number, more: Partial<Sample> = {}): Sample => ({
  requests: 1000,
  seconds: 2,
  workerMicros,
  primaryMicros: 1000,
  refused: 0,
  cacheHitRate: undefined,
  ...more,
});
const SETTING = { mix: 'varied', paranoia: 1, responseBody: false } as const;
const measured = (name: Measured['name'], micros: number, setting: Partial<typeof SETTING> = {}): Measured => ({
  ...SETTING,
  ...setting,
  name,
  summary: summaryOf([sample(micros * 1000)]),
});

test('a row has the seven members that are promised, and the median of the rounds', () => {
  const summary = summaryOf([90_000, 70_000, 500_000].map((micros) => sample(micros, { cacheHitRate: 0.5 })));
  assert.deepEqual(rowOf({ ...SETTING, name: 'seawall', summary }), {
    name: 'seawall',
    mix: 'varied',
    paranoia: 1,
    responseBody: false,
    requestsPerSecond: 500,
    cpuMicrosPerRequest: 90,
    cacheHitRate: 0.5,
  });
  assert.deepEqual([summary.low, summary.high, summary.primaryMicrosPerRequest], [70, 500, 1]);
});

test('a proxy without a cache has no hit rate, and one without rules no row', () => {
  assert.equal(rowOf(measured('coraza', 2000))?.cacheHitRate, null);
  assert.equal(rowOf(measured('nginx-bare', 14)), undefined);
});

test('the table says whether the bar is reached, against the nearer of both', () => {
  const rows = (own: number) => [
    measured('seawall', own),
    measured('nginx-modsecurity', 2200),
    measured('coraza', 2500),
  ];
  assert.match(tableOf(rows(88)), /it is 25\.0x: reached/);
  assert.match(tableOf(rows(100)), /it is 22\.0x: MISSED/);
  assert.doesNotMatch(tableOf(rows(88).slice(0, 2)), /bar/, 'one peer alone says nothing');
});

test('options choose subsets, and what is unknown is told', () => {
  const options = readOptions(
    { paranoia: '1,3', mix: 'attack', bodies: 'on', only: 'coraza,seawall', seconds: '7' },
    DEFAULTS,
  );
  assert.deepEqual(options, {
    paranoia: [1, 3],
    mixes: ['attack'],
    bodies: [true],
    names: ['coraza', 'seawall'],
    rounds: 3,
    seconds: 7,
  });
  assert.deepEqual(
    [secondsOf(DEFAULTS, 1, false), secondsOf(DEFAULTS, 1, true), secondsOf(options, 1, false)],
    [10, 4, 7],
  );
  assert.throws(() => readOptions({ mix: 'varied,all' }, DEFAULTS), /--mix takes varied, repeated, attack, not "all"/);
  assert.throws(() => readOptions({ paranoia: '5' }, DEFAULTS), /--paranoia/);
  assert.throws(() => readOptions({ rounds: '0' }, DEFAULTS), /--rounds is a whole number/);
});

test('CPU time is read past a name that looks like fields', () => {
  assert.equal(ticksOf('7 (a) R 1 (b)) S 1 7 7 0 -1 4194304 100 0 0 0 250 30 0 0 20 0 1 0 5 1 1'), 280);
  assert.throws(() => ticksOf('7 (a) S'), /not a line/);
});

test('a counter of the gateway is read, and a missing one is an error', () => {
  const metrics = 'seawall_gateway_events_total{event="value_cache_hits"} 42\n';
  assert.equal(counterIn(metrics, 'value_cache_hits'), 42);
  assert.throws(() => counterIn(metrics, 'value_cache_misses'), /tells no/);
});

test('an empty line follows each directive, not each line', () => {
  assert.equal(
    withEmptyLines('SecRule A "b" \\\n    "id:1,chain"\nSecRule C "d"\n'),
    'SecRule A "b" \\\n    "id:1,chain"\n\nSecRule C "d"\n\n',
  );
});
