import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDuration, readPlaybooks } from './read-playbooks.ts';

const GOOD = {
  name: 'a',
  summary: 'Does a.',
  when: { count: 3, within: '60s', per: 'source' },
  do: { action: 'divert', target: 'source', for: '10m' },
};

function problemsOf(change: Record<string, unknown>): string[] {
  const read = readPlaybooks({ playbooks: [{ ...GOOD, ...change }] });
  return read.ok ? [] : read.problems.map((problem) => `${problem.path.join('.')}: ${problem.text}`);
}

test('a good playbook is read with its defaults', () => {
  const read = readPlaybooks({ playbooks: [GOOD] });
  assert.ok(read.ok);
  assert.deepEqual(read.playbooks[0], {
    name: 'a',
    summary: 'Does a.',
    enabled: true,
    when: { count: 3, withinMs: 60_000, per: 'source' },
    reaction: { action: 'divert', target: 'source', forMs: 600_000, dryRun: false },
    guards: { maxPerMinute: 60, protect: [], maxBystanders: 0 },
  });
});

const BAD: readonly (readonly [change: Record<string, unknown>, problem: string])[] = [
  [{ nmae: 'x' }, 'playbooks.0.nmae: unknown key "nmae"; did you mean name?'],
  [{ name: 'Two Words' }, 'playbooks.0.name: use lower-case letters, digits and `-`'],
  [{ summary: undefined }, 'playbooks.0.summary: is missing'],
  [{ enabled: 'yes' }, 'playbooks.0.enabled: expected true or false'],
  [{ when: { ...GOOD.when, count: 0 } }, 'playbooks.0.when.count: expected a number from 1 to 1000'],
  [{ when: { ...GOOD.when, count: 1.5 } }, 'playbooks.0.when.count: expected a whole number'],
  [{ when: { ...GOOD.when, per: 'sorce' } }, 'playbooks.0.when.per: did you mean source?'],
  [
    { when: { ...GOOD.when, within: 60 } },
    'playbooks.0.when.within: expected a time like 500ms, 60s, 10m or 2h, at most 24h',
  ],
  [{ when: { ...GOOD.when, minSeverity: 'critcal' } }, 'playbooks.0.when.minSeverity: did you mean critical?'],
  [{ when: { ...GOOD.when, verdict: ['blokced'] } }, 'playbooks.0.when.verdict.0: did you mean blocked?'],
  [{ do: { ...GOOD.do, action: 'divret' } }, 'playbooks.0.do.action: did you mean divert?'],
  [
    { do: { action: 'divert', target: 'source' } },
    'playbooks.0.do: say how long with `for`, e.g. `for: 10m`; every action ends by itself',
  ],
  [{ do: { action: 'stop', target: 'source', for: '1m' } }, 'playbooks.0.do.target: stop does not work on source'],
  [
    { do: { action: 'limit', target: 'account', for: '1m' } },
    'playbooks.0.do.target: findings are counted per source, so the target is source too (or change `when.per`)',
  ],
  [{ guards: { maxShareOfService: 50 } }, 'playbooks.0.guards.maxShareOfService: expected a number from 0 to 1'],
];

test('each mistake is named with its place', () => {
  for (const [change, problem] of BAD) assert.deepEqual(problemsOf(change), [problem]);
  assert.equal(BAD.length, 15);
});

test('two playbooks of one name are refused, and what is no list of playbooks', () => {
  const twice = readPlaybooks({ playbooks: [GOOD, GOOD] });
  assert.ok(!twice.ok);
  assert.deepEqual(twice.problems[0]?.path, ['playbooks', 1, 'name']);
  for (const value of [undefined, null, 3, 'x', [], {}, { playbooks: {} }]) assert.ok(!readPlaybooks(value).ok);
});

test('durations', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['500ms', 500],
    ['60s', 60_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['', undefined],
    ['10', undefined],
    ['-1s', undefined],
    ['1.5h', undefined],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

test('whatever value is given, reading answers', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const read = readPlaybooks({ playbooks: [value] });
      assert.ok(read.ok || read.problems.length > 0);
    }),
    { numRuns: 300 },
  );
});
