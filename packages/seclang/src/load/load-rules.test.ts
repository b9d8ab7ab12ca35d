import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeRules, ENGINE_CONFIGURATION, loadRules } from '../index.ts';

const load = (files: Record<string, string>, entry: readonly string[] = ['main.conf']) =>
  loadRules({ files: new Map(Object.entries(files)), entry });

function idsOf(files: Record<string, string>, entry?: readonly string[]): number[] {
  const loaded = load(files, entry);
  assert.ok(loaded.ok, loaded.ok ? '' : JSON.stringify(loaded.problems));
  return describeRules(loaded.ruleSet).map((rule) => rule.id);
}

test('all problems of a rule set are told at once, with their places and the nearest known name', () => {
  const loaded = load({
    'main.conf': [
      'SecRul ARGS "a" "id:1"',
      'SecRule ARG "a" "id:2,phase:2"',
      'SecRule ARGS "@contain a" "id:3"',
      'SecRule ARGS "a" "id:4,t:lowercas,setvr:tx.a=1"',
      'SecRule ARGS "a" "deny"',
      'SecRule ARGS "(a" "id:5,severity:\'BAD\'"',
      'SecRule ARGS "a" "id:4"',
      'SecRule ARGS "@pmFromFile none.data" "id:6"',
      'SecRule REQUEST_URI:x "a" "id:7,exec:/bin/sh"',
      'SecRequestBodyAccess Maybe',
      'Include missing.conf',
      'SecRuleScript a.lua',
      'SecAction "id:8,ctl:ruleRemoveByIdd=1"',
      'SecDefaultAction "phase:1,log,block"',
      'SecDefaultAction "phase:1,log,pass"',
    ].join('\n'),
  });
  assert.ok(!loaded.ok);
  const told = loaded.problems
    .map(({ line, column, code, hint }) => `${line}:${column} ${code.replace('seclang.', '')} ${hint ?? ''}`.trim())
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const expected = [
    /^1:1 unknown-directive did you mean "SecRule"\?$/,
    /^2:9 unknown-variable did you mean "ARGS"\?$/,
    /^3:15 unknown-operator did you mean "@contains"\?$/,
    /^4:24 unknown-transformation did you mean "lowercase"\?$/,
    /^4:35 unknown-action did you mean "setvar"\?$/,
    /^5:1 no-id /,
    /^6:15 /,
    /^6:25 bad-action-value$/,
    /^7:1 duplicate-id the other rule is at main.conf:4$/,
    /^8:15 operator-file-missing$/,
    /^9:9 no-collection$/,
    /^9:33 refused-action .*playbook/,
    /^10:22 bad-directive-value$/,
    /^11:9 file-missing$/,
    /^12:1 refused-directive .*SecRule/,
    /^13:17 unknown-ctl did you mean "ruleremovebyid"\?$/,
    /^14:19 bad-default-action /,
    /^15:19 default-action-twice the other one is at main.conf:14/,
  ];
  const missing = expected.filter((pattern) => !told.some((line) => pattern.test(line)));
  assert.deepEqual(missing, [], told.join('\n'));
  assert.equal(told.length, expected.length, told.join('\n'));
});

test('Include takes patterns within one folder, in byte order, seen from the including file', () => {
  const files = {
    'main.conf': 'Include rules/*.conf\nInclude plugins/*-after.conf',
    'rules/b.conf': 'SecAction "id:2"',
    'rules/a.conf': 'Include more/x.conf\nSecAction "id:1"',
    'rules/more/x.conf': 'SecAction "id:3"',
    'rules/a.data': 'no rules',
  };
  assert.deepEqual(idsOf(files), [3, 1, 2]);
});

test('files that include each other are told, not followed for ever', () => {
  const loaded = load({ 'main.conf': 'Include main.conf' });
  assert.ok(!loaded.ok);
  assert.equal(loaded.problems[0]?.code, 'seclang.include-too-deep');
});

const RULES = [
  'SecRule ARGS|REQUEST_URI "a" "id:10,tag:\'attack-sqli\',msg:\'SQL injection\'"',
  'SecRule ARGS "a" "id:11,tag:\'attack-xss\'"',
  'SecRule ARGS "a" "id:12"',
].join('\n');

const REMOVALS: readonly (readonly [directive: string, left: readonly number[]])[] = [
  ['SecRuleRemoveById 10', [11, 12]],
  ['SecRuleRemoveById 10 12', [11]],
  ['SecRuleRemoveById 10-11', [12]],
  ['SecRuleRemoveByTag attack-', [12]],
  ['SecRuleRemoveByTag "attack-x.s"', [10, 12]],
  ['SecRuleRemoveByMsg "SQL"', [11, 12]],
  ['SecRuleRemoveById 99', [10, 11, 12]],
];

test('rules are removed by id, tag and message, wherever the directive stands', () => {
  for (const [directive, left] of REMOVALS) {
    assert.deepEqual(idsOf({ 'main.conf': `${RULES}\n${directive}` }), left, directive);
    assert.deepEqual(idsOf({ 'main.conf': `${directive}\n${RULES}` }), left, `${directive} before the rules`);
  }
  assert.equal(REMOVALS.length, 7);
});

test('an update that concerns no rule is a warning', () => {
  const loaded = load({ 'main.conf': `${RULES}\nSecRuleUpdateTargetById 99 "!ARGS:x"` });
  assert.ok(loaded.ok);
  assert.deepEqual(
    loaded.warnings.map(({ code, line }) => [code, line]),
    [['seclang.no-such-rule', 4]],
  );
});

test('a skip to a marker that is not there is a warning', () => {
  const loaded = load({ 'main.conf': 'SecAction "id:1,skipAfter:END"' });
  assert.ok(loaded.ok);
  assert.deepEqual(
    loaded.warnings.map(({ code, column }) => [code, column]),
    [['seclang.no-marker', 17]],
  );
});

test('the engine configuration loads and says what the engine needs', () => {
  const loaded = load({
    'main.conf': `${ENGINE_CONFIGURATION}\nSecComponentSignature "X/1"\nSecRule RESPONSE_BODY "a" "id:1,phase:4"`,
  });
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { version, needsRequestBody, needsResponseBody, requestBodyLimit, responseBodyLimit, responseMimeTypes } =
    loaded.ruleSet;
  assert.deepEqual(loaded.warnings, []);
  assert.deepEqual(
    [version, needsRequestBody, needsResponseBody, requestBodyLimit, responseBodyLimit],
    ['X/1', true, true, 13_107_200, 524_288],
  );
  assert.ok(responseMimeTypes.has('text/html'));
});

test('a rule set describes its rules, and how each pattern is matched', () => {
  const loaded = load({
    'main.conf': `\nSecRule ARGS:q|!ARGS:z "@rx a+b" "id:5,t:lowercase,msg:'m',tag:x,chain"\nSecRule TX:1 "@eq 1"`,
  });
  assert.ok(loaded.ok);
  const [rule] = describeRules(loaded.ruleSet);
  assert.deepEqual(
    [rule?.id, rule?.file, rule?.line, rule?.phase, rule?.message, rule?.tags],
    [5, 'main.conf', 2, 2, 'm', ['x']],
  );
  assert.deepEqual(
    rule?.links.map(({ line, targets, operator, transformations, matchedBy }) => [
      line,
      targets,
      operator,
      transformations,
      matchedBy,
    ]),
    [
      [2, ['ARGS:q'], '@rx a+b', ['lowercase'], 'dfa'],
      [3, ['TX:1'], '@eq 1', [], undefined],
    ],
  );
});
