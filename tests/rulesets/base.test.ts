import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { mutationsOf, type Mutation } from './base-mutations.ts';
import { exchangeWith } from '../../apps/cli/src/rule-cases/value-exchange.ts';
import { BASE_FOLDER, firedBy, judgingRules, loadBase, outcomeOf } from './base-rules.ts';

interface Case {
  readonly in: string;
  readonly value: string;
}

interface RuleCases {
  readonly rule: number;
  readonly fires?: readonly Case[];
  readonly silent?: readonly Case[];
}

const CASES = new URL('cases/', BASE_FOLDER);
const ruleSet = loadBase();

function read<T>(name: string): T {
  return parse(readFileSync(new URL(name, CASES), 'utf8')) as T; // the shape is asserted by what the tests do with it
}

const byRule = readdirSync(CASES)
  .filter((name) => name.endsWith('.yaml') && name !== 'benign.yaml')
  .flatMap((name) => read<RuleCases[]>(name));

test('every judging rule has cases that must fire and cases that must not', () => {
  const rules = judgingRules();
  assert.equal(rules.size, 51);
  const listed = byRule.map(({ rule }) => rule);
  assert.deepEqual(
    listed.filter((rule) => !rules.has(rule)),
    [],
    'cases for rules that do not exist',
  );
  assert.equal(new Set(listed).size, listed.length, 'a rule is listed twice');
  const incomplete = [...rules].filter((rule) => {
    const cases = byRule.find((entry) => entry.rule === rule);
    return (cases?.fires?.length ?? 0) === 0 || (cases?.silent?.length ?? 0) === 0;
  });
  assert.deepEqual(incomplete, []);
});

for (const { rule, fires = [], silent = [] } of byRule) {
  test(`rule ${rule}`, () => {
    for (const { in: place, value } of fires) {
      const outcome = outcomeOf(ruleSet, exchangeWith(place, value));
      assert.deepEqual(outcome.failures, []);
      assert.ok(
        firedBy(outcome).includes(rule),
        `must fire: ${place} ${JSON.stringify(value)}, fired ${firedBy(outcome).join(' ')}`,
      );
    }
    for (const { in: place, value } of silent) {
      const outcome = outcomeOf(ruleSet, exchangeWith(place, value));
      assert.deepEqual(outcome.failures, []);
      assert.ok(!firedBy(outcome).includes(rule), `must not fire: ${place} ${JSON.stringify(value)}`);
    }
  });
}

test('no rule speaks about ordinary values, wherever they stand', () => {
  const groups = read<Record<string, string[]>>('benign.yaml');
  const values = Object.values(groups).flat();
  assert.ok(values.length >= 150, `${values.length} benign values`);
  const flagged: string[] = [];
  for (const value of values) {
    for (const place of ['query', 'body-form', 'body-json', 'message']) {
      const outcome = outcomeOf(ruleSet, exchangeWith(place, value));
      if (outcome.matches.length > 0) flagged.push(`${place} ${JSON.stringify(value)}: ${firedBy(outcome).join(' ')}`);
    }
  }
  assert.deepEqual(flagged, []);
});

test('mutated attacks are blocked, at least 99 in 100', (context) => {
  const mutations = mutationsOf(4000, 20_261_123);
  const missed = mutations.filter(
    ({ place, value }) => outcomeOf(ruleSet, exchangeWith(place, value)).decision.kind !== 'deny',
  );
  const families = new Set(mutations.map(({ family }) => family));
  assert.equal(families.size, 5);
  for (const { family, place, value } of missed)
    context.diagnostic(`missed ${family} ${place} ${JSON.stringify(value)}`);
  for (const family of families) {
    const of = (list: readonly Mutation[]): number => list.filter((mutation) => mutation.family === family).length;
    const share = 1 - of(missed) / of(mutations);
    context.diagnostic(`${family}: ${(share * 100).toFixed(2)} % of ${of(mutations)} blocked`);
  }
  assert.ok(missed.length <= mutations.length / 100, `${missed.length} of ${mutations.length} missed`);
});
