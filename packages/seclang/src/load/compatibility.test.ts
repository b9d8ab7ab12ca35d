import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRules, type Environment, type Outcome } from '../index.ts';
import { exchange } from '../transaction/trial.ts';

// What rule files in the world do beside the book: each loads as in ModSecurity v3 and is told about, or is refused with a reason.

const load = (text: string, data: readonly (readonly [string, string])[] = []): ReturnType<typeof loadRules> =>
  loadRules({ files: new Map([['main.conf', text], ...data]), entry: ['main.conf'] });

function run(
  text: string,
  target: string,
  environment: Partial<Environment> = {},
  data: readonly (readonly [string, string])[] = [],
): Outcome {
  const loaded = load(text, data);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return exchange(loaded.ruleSet, { target, environment });
}

const LOADS: readonly (readonly [text: string, warning: string | undefined, ids: readonly number[]])[] = [
  ['SecRule ARGS.q "@streq a" "id:1,phase:2,log,pass"', undefined, [1]],
  ['SecRule ARGS:q "@streq a" "id:1,phase:2,log,pass', 'unterminated-quote', [1]],
  ['SecRule ARGS:q "@streq a" "id:1,phase:2,log,pass,msg:"quoted"', undefined, [1]],
  [
    'SecRule ARGS:q "@streq a" "id:1,phase:2,log,pass"\nSecRule ARGS "@streq a" "id:2,phase:2,deny,chain"',
    'chain-broken',
    [1],
  ],
  ['SecRule ARGS:q "@streq a" "id:1,phase:2,log,pass,chain"\nSecRule ARGS "@streq a" "id:2"', 'id-in-chain', [1]],
  ['SecAction "phase:2,nolog,pass,setvar:tx.a=1"\nSecRule TX.a "@eq 1" "id:1,phase:2,log,pass"', 'no-id', [1]],
  [
    'SecAction "id:1,phase:2,nolog,pass,setvar:tx.a=%{ARGS.q}%"\nSecRule TX:a "@streq a" "id:2,phase:2,log,pass"',
    undefined,
    [2],
  ],
  [
    'SecAction "id:1,phase:2,nolog,pass,setvar:tx.a=%{ARGS.q}%{ARGS.q}"\nSecRule TX:a "@streq aa" "id:2,phase:2,log,pass"',
    undefined,
    [2],
  ],
  ['SecRule ARGS:q "@streq %{ARGS:/^Q$/}" "id:1,phase:2,log,pass"', undefined, [1]],
  [
    'SecAction "id:1,phase:1,nolog,pass,setenv:mode=%{ARGS.q}"\nSecRule ENV:mode "@streq a" "id:2,phase:2,log,pass"',
    undefined,
    [2],
  ],
  ['SecAction "id:1,phase:1,nolog,pass,setvar:ip.a=+2"\nSecRule IP:a "@eq 2" "id:2,phase:2,log,pass"', undefined, [2]],
  ['SecTmpDir /tmp\nSecRule ARGS:q "@streq a" "id:1,phase:2,log,pass"', 'no-effect', [1]],
  ['SecRule REMOTE_ADDR "@rbl list.example" "id:1,phase:1,deny"', 'no-table', []],
  ['SecRule ARGS_NAMES "@streq q" "id:1,phase:2,log,pass"\nSecRuleUpdateTargetById 1 "!ARGS:q"', undefined, []],
];

test('what ModSecurity loads is loaded, with a warning where something is lost', () => {
  for (const [text, warning, ids] of LOADS) {
    const loaded = load(text);
    assert.ok(loaded.ok, text);
    const codes = loaded.warnings.map(({ code }) => code.replace('seclang.', ''));
    assert.deepEqual(codes, warning === undefined ? [] : [warning], text);
    const matched = exchange(loaded.ruleSet, { target: '/?q=a' }).matches.filter(({ logged }) => logged);
    assert.deepEqual(
      matched.map(({ ruleId }) => ruleId),
      ids,
      text,
    );
  }
  assert.equal(LOADS.length, 14);
});

const REFUSED: readonly (readonly [text: string, code: string])[] = [
  ['SecDefaultAction "phase:2,t:none,pass"', 'bad-default-action'],
  ['SecRule ARGS "a" "id:1,xmlns:soap"', 'bad-xmlns'],
  ['SecRule ARGS "a" "id:1,xmlns:soap=\'example\'"', 'bad-xmlns'],
  ['SecRule WEBSERVER_ERROR_LOG "a" "id:1"', 'refused-variable'],
  ['SecUnicodeMapFile none.mapping 20127', 'file-missing'],
  ['SecUnicodeMapFile none.mapping latin', 'bad-directive-value'],
  ['SecGeoLookupDb none.mmdb', 'file-missing'],
  ['SecRule ARGS "@rsub s/a/b/" "id:1"', 'operator-refused'],
  ['SecAuditLogRelevantStatus "(5"', 'bad-directive-value'],
  ['SecAction "id:1,ctl:auditEngine=Maybe"', 'bad-ctl'],
];

test('what cannot work is refused', () => {
  for (const [text, code] of REFUSED) {
    const loaded = load(text);
    assert.deepEqual(!loaded.ok && loaded.problems.map((problem) => problem.code), [`seclang.${code}`], text);
  }
  assert.equal(REFUSED.length, 10);
});

test('SecUnicodeMapFile says what %u becomes', () => {
  const rules =
    'SecUnicodeMapFile letters.mapping 1251\nSecRule ARGS "@streq d" "id:1,phase:2,log,pass,t:urlDecodeUni"';
  const data = [['letters.mapping', '1250 (other)\n0434:65\n\n1251 (Cyrillic)\n0434:64 043e:6f\n']] as const;
  assert.equal(run(rules, '/?q=%25u0434', {}, data).matches.length, 1);
  assert.equal(run(rules, '/?q=%25u043e', {}, data).matches.length, 0);
});

test('DURATION is the time that passed, and SecRuleEngine is told', () => {
  const rules = 'SecRuleEngine DetectionOnly\nSecRule DURATION "@streq 0.250000" "id:1,phase:2,log,pass"';
  assert.equal(run(rules, '/', { elapsedMicros: () => 250_000 }).matches.length, 1);
  const loaded = load(rules);
  assert.equal(loaded.ok && loaded.ruleSet.engine, 'detect');
});

const AUDITS: readonly (readonly [rules: string, audited: boolean])[] = [
  ['SecRule ARGS "a" "id:1,phase:2,log,pass"', false],
  ['SecAuditEngine On', true],
  ['SecAuditEngine RelevantOnly', false],
  ['SecAuditEngine RelevantOnly\nSecRule ARGS "a" "id:1,phase:2,nolog,pass"', false],
  ['SecAuditEngine RelevantOnly\nSecRule ARGS "a" "id:1,phase:2,nolog,auditlog,pass"', true],
  ['SecAuditEngine RelevantOnly\nSecRule ARGS "a" "id:1,phase:2,log,noauditlog,pass"', false],
  ['SecAuditEngine RelevantOnly\nSecAuditLogRelevantStatus "^2"', true],
  ['SecAuditEngine Off\nSecRule ARGS "a" "id:1,phase:2,nolog,pass,ctl:auditEngine=On"', true],
];

test('the rules say which transactions an audit log is to hold', () => {
  for (const [rules, audited] of AUDITS) assert.equal(run(rules, '/?q=a').audited, audited, rules);
  assert.equal(AUDITS.length, 8);
});

test('SecCollectionTimeout goes with each change, and an application has its own sessions', () => {
  const rules = [
    'SecCollectionTimeout 600',
    'SecWebAppId shop',
    'SecAction "id:1,phase:1,nolog,pass,initcol:ip=%{REMOTE_ADDR},setvar:ip.seen=+1,setsid:s1,setvar:session.a=x"',
  ].join('\n');
  assert.deepEqual(run(rules, '/').collectionChanges, [
    { collection: 'ip', key: '192.0.2.7', name: 'seen', change: { kind: 'add', by: 1, timeoutSeconds: 600 } },
    { collection: 'session', key: 'shop::s1', name: 'a', change: { kind: 'set', value: 'x', timeoutSeconds: 600 } },
  ]);
});
