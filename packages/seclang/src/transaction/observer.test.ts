import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleObserver } from '../index.ts';
import { exchange, ruleSetOfText } from './trial.ts';

const RULES = [
  'SecAction "id:1,phase:1,nolog,pass,ctl:ruleRemoveById=4,setvar:tx.n=%{ARGS.q}"',
  'SecRule ARGS:q "@rx (b)" "id:2,phase:2,pass,log,capture,t:lowercase,msg:\'saw %{TX.1}\',tag:t1,chain"',
  'SecRule TX:n "!@streq %{ARGS.q}" "t:none"',
  'SecRule ARGS "@streq ab" "id:3,phase:2,pass,nolog,t:lowercase,skipAfter:END"',
  'SecRule ARGS "@rx ." "id:4,phase:2,deny"',
  'SecRule ARGS "@rx ." "id:5,phase:2,deny"',
  'SecMarker END',
].join('\n');

function observed(target: string): string[] {
  const told: string[] = [];
  const observer: RuleObserver = {
    phase: (phase, engine) => told.push(`phase ${phase} ${engine}`),
    rule: (rule) => told.push(`rule ${rule.id}`),
    link: (_rule, link, argument) =>
      told.push(`link ${link.operatorText}${argument === undefined ? '' : ` = ${argument}`}`),
    value: (...[, , , name, node, before, after]) => told.push(`${name} ${node.name} ${before}>${after}`),
    tested: (...[, , , name, value, found, negated]) =>
      told.push(`tested ${name} ${value} ${(found !== null) !== negated}`),
    returned: (_link, matched) => told.push(`returned ${matched}`),
    matched: (rule, complete) => told.push(`matched ${rule.id} ${complete}`),
    effect: (kind, text) => told.push(`${kind} ${text}`),
    skipped: (rule, why) => told.push(`skipped ${rule.id} ${why}`),
  };
  exchange(ruleSetOfText(RULES), { target, environment: { observer } });
  return told.filter((line) => !line.startsWith('phase') || /phase [12]/.test(line));
}

test('an observer is told each step in the order of evaluation', () => {
  assert.deepEqual(observed('/?q=AB'), [
    'phase 1 on',
    'rule 1',
    'link SecAction',
    'ctl ruleRemoveById=4',
    'setvar TX:n with value: AB',
    'returned true',
    'matched 1 true',
    'phase 2 on',
    'rule 2',
    'link @rx (b)',
    'ARGS:q lowercase AB>ab',
    'tested ARGS:q ab true',
    'capture TX.0: b',
    'capture TX.1: b',
    'returned true',
    'link !@streq %{ARGS.q} = AB',
    'tested TX:n AB false',
    'returned false',
    'matched 2 false',
    'rule 3',
    'link @streq ab',
    'ARGS:q lowercase AB>ab',
    'tested ARGS:q ab true',
    'returned true',
    'matched 3 true',
    'skipped 4 skipAfter',
    'skipped 5 skipAfter',
  ]);
});

test('an observer does not change what comes out', () => {
  const ruleSet = ruleSetOfText(RULES);
  const observer: RuleObserver = { rule() {}, value() {}, tested() {}, matched() {}, effect() {}, skipped() {} };
  for (const target of ['/?q=AB', '/?q=b', '/?q=c', '/']) {
    const { workUsed: _plain, ...plain } = exchange(ruleSet, { target });
    const { workUsed: _watched, ...watched } = exchange(ruleSet, { target, environment: { observer } });
    assert.deepEqual(watched, plain, target);
  }
});
