import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exception } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import fc from 'fast-check';
import { EXCEPTIONS_FILE, exceptionText, withExceptions } from './exceptions.ts';

const GOOD = { rule: '942100', target: 'ARGS:q', path: '/api/search' };

test('an exception is one rule', () => {
  assert.equal(
    exceptionText(GOOD, 7),
    'SecRule REQUEST_FILENAME "@streq /api/search" "id:9200007,phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById=942100;ARGS:q"',
  );
});

const BAD: readonly Partial<typeof GOOD>[] = [
  { path: '/a" "id:1,phase:1,pass,ctl:ruleEngine=Off' },
  { path: '/a\nSecRuleEngine Off' },
  { path: '/%{TX.0}' },
  { path: '/a\\' },
  { path: '/a b' },
  { path: "/a'" },
  { path: 'a' },
  { path: `/${'a'.repeat(600)}` },
  { target: 'ARGS:a"' },
  { target: 'ARGS:/.*/' },
  { target: 'ARGS:a,ctl:ruleEngine=Off' },
  { target: 'TX:anomaly_score' },
  { target: 'args:q' },
  { rule: '1-999999' },
  { rule: '942100;' },
  { rule: '' },
];

test('what could end a text, begin a macro or add an action is refused', () => {
  for (const change of BAD) {
    assert.throws(
      () => exceptionText({ ...GOOD, ...change }, 0),
      (error) => error instanceof Fault && error.code === 'server.exception-not-safe',
      JSON.stringify(change),
    );
  }
  assert.equal(BAD.length, 16);
});

test('whatever an attacker names a path or an argument, the text stays one line with four quotes', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (path, name) => {
      let text: string;
      try {
        text = exceptionText({ rule: '942100', path: `/${path}`, target: `ARGS:${name}` }, 0);
      } catch (error) {
        assert.ok(error instanceof Fault);
        return;
      }
      assert.equal(text.match(/"/g)?.length, 4);
      assert.ok(!/[\r\n\\]|%\{/.test(text));
    }),
  );
});

test('exceptions stand before the rules that they speak of', () => {
  const rules = { sets: [{ name: 'default', entry: ['a.conf'] }], files: { 'a.conf': '' } };
  const exception: Exception = {
    ...GOOD,
    id: 'x',
    route: 'chat',
    reason: '',
    owner: 'admin',
    createdMicros: 0,
    expiresMicros: null,
    text: '',
  };
  const made = withExceptions(rules, [exception]);
  assert.deepEqual(made.sets[0]?.entry, [EXCEPTIONS_FILE, 'a.conf']);
  assert.equal(made.files[EXCEPTIONS_FILE], `${exceptionText(GOOD, 0)}\n`);
  assert.equal(withExceptions(rules, []), rules);
  const placed = { sets: [{ name: 'default', entry: ['z.conf', EXCEPTIONS_FILE] }], files: { [EXCEPTIONS_FILE]: '' } };
  assert.deepEqual(withExceptions(placed, [exception]).sets[0]?.entry, ['z.conf', EXCEPTIONS_FILE]);
});
