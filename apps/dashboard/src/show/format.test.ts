import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  absoluteTime,
  changeOf,
  clockTime,
  countdown,
  formatBytes,
  formatChange,
  formatCount,
  formatMicros,
  relativeTime,
} from './format.ts';

const THIN = '\u202f';
const NOON = Date.UTC(2026, 10, 23, 12, 0, 0, 7);

test('counts have separators, few digits, and are shortened above a million', () => {
  assert.equal(formatCount(1234567, 'en'), '1.2M');
  assert.equal(formatCount(1234567, 'zh'), '123.5万');
  assert.equal(formatCount(12_345, 'en'), '12,345');
  assert.equal(formatCount(3.14159, 'en'), '3.14');
  assert.equal(formatCount(0, 'zh'), '0');
});

test('durations have the unit that a person would use', () => {
  const cases: readonly (readonly [micros: number, shown: string])[] = [
    [0, `0${THIN}µs`],
    [850, `850${THIN}µs`],
    [1250, `1.3${THIN}ms`],
    [48_000, `48${THIN}ms`],
    [2.5e6, `2.5${THIN}s`],
    [622e6, `10${THIN}min`],
    [3 * 3600e6, `3${THIN}h`],
  ];
  for (const [micros, shown] of cases) assert.equal(formatMicros(micros, 'en'), shown);
  assert.equal(cases.length, 7);
});

test('bytes', () => {
  assert.equal(formatBytes(0, 'en'), `0${THIN}B`);
  assert.equal(formatBytes(1500, 'en'), `1.5${THIN}kB`);
  assert.equal(formatBytes(5e15, 'en'), `5,000${THIN}TB`);
});

test('a change from nothing is no percentage', () => {
  assert.equal(changeOf(5, 0), undefined);
  assert.equal(changeOf(5, 10), -50);
  assert.equal(formatChange(-50, 'en'), '-50%');
  assert.equal(formatChange(3.21, 'en'), '+3.2%');
});

test('relative times look back and ahead in both languages', () => {
  assert.equal(relativeTime(NOON - 40_000, NOON, 'en'), '40 sec ago');
  assert.match(relativeTime(NOON - 180_000, NOON, 'zh'), /3\s*分钟前/);
  assert.match(relativeTime(NOON + 7_200_000, NOON, 'en'), /^in 2/);
  assert.equal(relativeTime(NOON, NOON, 'en'), 'now');
});

test('absolute times state milliseconds and zone', () => {
  assert.match(absoluteTime(NOON, 'en', 'UTC'), /12:00:00\.007.*UTC/);
  assert.match(absoluteTime(NOON, 'zh', 'Asia/Shanghai'), /20:00:00\.007/);
  assert.equal(clockTime(NOON, 'en', 'UTC'), '12:00:00');
});

test('a countdown never goes below zero', () => {
  const cases: readonly (readonly [ms: number, shown: string])[] = [
    [-5, '0:00'],
    [1, '0:01'],
    [245_000, '4:05'],
    [4_800_000, '1:20:00'],
    [3 * 86_400_000 + 4 * 3_600_000, `3${THIN}d 4:00:00`],
  ];
  for (const [ms, shown] of cases) assert.equal(countdown(ms), shown);
  assert.equal(cases.length, 5);
});
