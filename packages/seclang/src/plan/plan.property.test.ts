import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RuleSet } from '../api.ts';
import { loadRules } from '../index.ts';
import { exchange, type Exchange } from '../transaction/trial.ts';

// The plan against the reference path: random rules that write and read TX, skip, remove each other, count, chain and capture, and random
// requests made of the words that the rules look for. Both give the same outcome, apart from what it cost.

const WORDS = [
  'union',
  'SELECT',
  '<script',
  '../',
  'a',
  'b.c',
  'passwd',
  '%2e',
  '1',
  ' ',
  '+',
  "'",
  '\xa0',
  '\0',
  'eval(',
];
const word = fc.constantFrom(...WORDS);
const name = fc.constantFrom('level', 'score', 'list', 'note');
const number = fc.integer({ min: 0, max: 4 });

const target = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'ARGS',
      'ARGS_NAMES',
      'REQUEST_COOKIES',
      'REQUEST_URI',
      'REQUEST_BODY',
      'ARGS|REQUEST_HEADERS',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'REQUEST_HEADERS:X-Test',
      'ARGS:/^a/',
      'ARGS|!ARGS:a',
      'REQUEST_HEADERS_NAMES',
      'RESPONSE_BODY',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('&ARGS', '&REQUEST_HEADERS:X-Test', '&REQUEST_COOKIES') },
  { weight: 4, arbitrary: name.map((key) => `TX:${key}`) },
  { weight: 1, arbitrary: fc.constantFrom('TX', 'TX:/^n/', 'TX:1', 'MATCHED_VARS', '&TX:note', 'REQBODY_PROCESSOR') },
);
const pattern = fc.constantFrom(
  '(?i)union',
  'se?lect',
  '<scr.pt',
  '^a',
  'b$',
  '\\.\\./',
  '^.*$',
  '(a)(b)?',
  '[^a-z]',
  'x|eval\\(',
  '\\bb\\b',
);
const operator = fc.oneof(
  pattern.map((text) => `@rx ${text}`),
  pattern.map((text) => `!@rx ${text}`),
  fc.constantFrom(
    '@pm union passwd eval(',
    '!@pm a',
    '@contains passwd',
    '@within %{tx.list}',
    '!@within %{tx.list}',
    '@streq %{tx.note}',
  ),
  fc.constantFrom(
    '@detectSQLi',
    '@detectXSS',
    '@validateByteRange 32-126',
    '@validateUrlEncoding',
    '@unconditionalMatch',
    '@endsWith a',
  ),
  fc.tuple(fc.constantFrom('@eq', '@lt', '@ge', '!@eq'), number).map(([compare, value]) => `${compare} ${value}`),
);
const effect = fc.oneof(
  fc
    .tuple(
      name,
      fc.oneof(number.map(String), fc.constantFrom('+1', '-1', '+%{tx.level}', 'ab', '%{MATCHED_VAR}', '%{tx.1}')),
    )
    .map(([key, value]) => `setvar:tx.${key}=${value}`),
  fc.constantFrom('setvar:tx.n_%{MATCHED_VAR_NAME}=1', 'setvar:!tx.note', 'setvar:tx.inbound_anomaly_score_pl1=+5'),
  fc.constantFrom('ctl:ruleRemoveById=105', 'ctl:ruleRemoveByTag=odd', 'ctl:ruleRemoveTargetById=103;ARGS:a'),
  fc.constantFrom(
    'ctl:ruleRemoveTargetByTag=odd;TX:level',
    'ctl:forceRequestBodyVariable=On',
    'ctl:ruleEngine=DetectionOnly',
  ),
  fc.constantFrom('ctl:requestBodyProcessor=JSON', 'initcol:ip=%{REMOTE_ADDR}', 'setvar:ip.seen=+1'),
);
const transformations = fc.subarray(
  ['t:lowercase', 't:urlDecodeUni', 't:removeWhitespace', 't:base64Decode', 't:length', 't:htmlEntityDecode'],
  {
    maxLength: 2,
  },
);
const link = fc.record({
  target,
  operator,
  transformations,
  capture: fc.boolean(),
  multi: fc.integer({ max: 9, min: 0 }),
  effects: fc.array(effect, { maxLength: 2 }),
});
const rule = fc.record({
  links: fc.array(link, { minLength: 1, maxLength: 3 }),
  phase: fc.integer({ min: 1, max: 5 }),
  flow: fc.constantFrom('pass', 'pass', 'pass', 'pass', 'deny', 'pass,skipAfter:END', 'pass,skip:2', 'allow:phase'),
  log: fc.constantFrom('log', 'nolog'),
  /** An action without a target instead of the first link. */
  action: fc.integer({ min: 0, max: 4 }),
});

type Rule = typeof rule extends fc.Arbitrary<infer T> ? T : never;

function textOf(rules: readonly Rule[], seeds: readonly string[]): string {
  const lines = [
    'SecRequestBodyAccess On',
    'SecResponseBodyAccess On',
    `SecAction "id:99,phase:1,pass,nolog,${seeds.join()}"`,
  ];
  for (const [index, { links, phase, flow, log, action }] of rules.entries()) {
    const id = 100 + index;
    const tag = index % 2 === 1 ? ",tag:'odd'" : '';
    const head = `id:${id},phase:${phase},${flow},${log}${tag},msg:'%{MATCHED_VAR}'`;
    if (action === 0) {
      lines.push(`SecAction "${[head, ...(links[0]?.effects ?? [])].join()}"`);
    } else {
      for (const [place, one] of links.entries()) {
        const last = place === links.length - 1;
        const actions = [
          ...(place === 0 ? [head] : []),
          ...one.transformations,
          ...(one.multi === 0 ? ['multiMatch'] : []),
          ...(one.capture ? ['capture'] : []),
          ...one.effects,
          ...(last ? [] : ['chain']),
        ];
        lines.push(`SecRule ${one.target} "${one.operator}" "${actions.join() || 't:none'}"`);
      }
    }
    if (index === 6) lines.push('SecMarker END');
  }
  return lines.join('\n');
}

const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(''));
const given: fc.Arbitrary<Exchange> = fc.record({
  target: fc
    .tuple(text, text)
    .map(([first, second]) => `/${first.replaceAll(/[\0 \xa0]/g, '')}?a=${second.replaceAll(' ', '+')}&b.c=${first}`),
  fields: fc
    .tuple(text, text)
    .map(([cookie, other]): [string, string][] => [
      ['Host', 'shop.example'],
      ['Cookie', `a=${cookie}; sid=1`],
      ...(other === '' ? [] : [['X-Test', other] as [string, string]]),
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ]),
  body: text.map((value) => `a=${value}&c=1`),
  responseBody: text,
  engine: fc.constantFrom('on', 'detect'),
});

function outcomeOf(ruleSet: RuleSet, message: Exchange, reference: boolean): object {
  const { workUsed: _cost, ...outcome } = exchange(ruleSet, { ...message, environment: { reference } });
  return outcome;
}

test('the plan and the reference path are of one opinion', () => {
  const seed = Number(process.env['SEAWALL_TEST_SEED'] ?? 20_261_123);
  const runs = Number(process.env['SEAWALL_TEST_RUNS'] ?? 400);
  let matched = 0;
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 3, maxLength: 12 }),
      fc.subarray(['setvar:tx.level=1', "setvar:tx.list='a b.c union'", 'setvar:tx.score=0', 'setvar:tx.note=ab'], {
        minLength: 1,
      }),
      fc.array(given, { minLength: 3, maxLength: 6 }),
      (rules, seeds, messages) => {
        const source = textOf(rules, seeds);
        const loaded = loadRules({ files: new Map([['random.conf', source]]), entry: ['random.conf'] });
        if (!loaded.ok) assert.fail(`${JSON.stringify(loaded.problems)}\n${source}`);
        // Twice and once more: verdicts are remembered when a value comes again.
        for (const message of [...messages, ...messages, ...messages]) {
          const expected = outcomeOf(loaded.ruleSet, message, true);
          assert.deepEqual(outcomeOf(loaded.ruleSet, message, false), expected, source);
          matched += (expected as { matches: readonly unknown[] }).matches.length;
        }
      },
    ),
    { seed, numRuns: runs },
  );
  console.log(`plan against reference: seed ${seed}, ${runs} rule sets, ${matched} matches`);
  assert.ok(matched > runs, 'the random rules match something');
});
