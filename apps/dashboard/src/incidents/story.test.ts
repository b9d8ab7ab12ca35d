import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimelineEntry } from '@seawall/contract';
import { storyOf } from './story.ts';

const entry = (id: string, kind: TimelineEntry['kind'], title: string): TimelineEntry => ({
  timeMicros: 1,
  kind,
  id,
  title,
  verdict: 'blocked',
  detail: '',
});

test('like findings in a row are one line; actions never fold', () => {
  const story = storyOf([
    entry('1', 'finding', 'a'),
    entry('2', 'finding', 'a'),
    entry('3', 'action', 'divert'),
    entry('4', 'action', 'divert'),
    entry('5', 'finding', 'a'),
  ]);
  assert.deepEqual(
    story.map(({ entries }) => entries.map(({ id }) => id)),
    [['1', '2'], ['3'], ['4'], ['5']],
  );
});
