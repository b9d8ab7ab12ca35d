import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { loadRules, type RuleSet } from '@seawall/seclang';
import { REPOSITORY, runSeawall } from '@seawall/testkit';
import { readCases, type RuleCase } from '../rule-cases/case-files.ts';
import { runCase } from '../rule-cases/run-case.ts';
import { runnableFiles } from '../rules/rule-source.ts';

const root = mkdtempSync(join(tmpdir(), 'seawall-cases-'));
after(() => rmSync(root, { recursive: true }));
const rules = join(root, 'crs', 'rules');
mkdirSync(rules, { recursive: true });
const write = (name: string, text: string): string => {
  const path = join(root, name);
  writeFileSync(path, text);
  return path;
};
write('crs/crs-setup.conf.example', 'SecAction "id:900,phase:1,pass,nolog,setvar:tx.set_up=1"\n');
write(
  'crs/rules/a.conf',
  `SecRule &TX:SET_UP "@eq 0" "id:901,phase:1,deny,status:500,log"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 4" "id:2,phase:2,pass,nolog,skipAfter:END"
SecRule ARGS "@contains evil" "id:3,phase:2,deny,status:406,log,msg:'Evil',logdata:'%{MATCHED_VAR}'"
SecMarker END
SecRule RESPONSE_BODY "@contains secret" "id:4,phase:4,deny,status:502,log,msg:'Leak'"
`,
);
const crs = write(
  'crs.yaml',
  `rule_id: 3
tests:
  - test_id: 1
    stages: [{ input: { uri: '/?q=evil', headers: { Host: a } }, output: { log: { expect_ids: [3] } } }]
  - test_id: 2
    stages:
      - stage: { input: { uri: '/?q=good', headers: { Host: a } }, output: { no_log_contains: 'id "3"' } }
  - test_id: 3
    stages: [{ input: { uri: '/?q=good', headers: { Host: a } }, output: { log: { expect_ids: [3] } } }]
  - test_id: 4
    stages: [{ input: { uri: '/?q=evil', headers: { Host: a } }, output: { status: 406 } }]
  - test_id: 5
    stages: [{ input: { uri: '/?q=good', headers: { Host: a } }, output: { status: [400] } }]
  - test_id: 6
    stages: [{ input: { uri: '/?q=good', headers: { Host: a } }, output: { status: 403 } }]
  - test_id: 7
    stages: [{ input: { uri: '/?q=an+evil', headers: { Host: a } }, output: { log: { match_regex: '(?s)data "an evil".*' } } }]
  - test_id: 8
    stages:
      - input: { method: POST, uri: /reflect, headers: { Host: a, Content-Type: application/json }, data: '{"body":"a secret"}' }
        output: { log: { expect_ids: [4], no_expect_ids: [3] } }
`,
);
const own = write(
  'own.yaml',
  `- rule: 3
  fires: [{ in: query, value: evil }, { in: body-json, value: evil }, { in: 'header:X', value: evil }]
  silent: [{ in: cookie, value: evil }, { in: query-raw, value: 'ev%69l' }]
- rule: 4
  fires: [{ in: response, value: the secret }]
`,
);
const ordinary = write('ordinary.yaml', 'words:\n  - hello\n  - evil\n');

const WANTED: readonly (readonly [name: string, result: string, text: RegExp])[] = [
  ['3-1', 'passed', /^$/],
  ['3-2', 'passed', /^$/],
  ['3-3', 'failed', /^3 did not match \(matched: nothing\)$/],
  ['3-4', 'passed', /^$/],
  ['3-5', 'skipped', /server/],
  ['3-6', 'failed', /^status 200 instead of 403/],
  ['3-7', 'passed', /^$/],
  ['3-8', 'passed', /^$/],
  ['3-fires-1', 'passed', /^$/],
  ['3-fires-2', 'passed', /^$/],
  ['3-fires-3', 'failed', /^3 did not match: header:X "evil" \(matched: nothing\)$/],
  ['3-silent-1', 'passed', /^$/],
  ['3-silent-2', 'failed', /^3 matched: query-raw/],
  ['4-fires-1', 'passed', /^$/],
  ['words-1', 'passed', /^$/],
  ['words-2', 'failed', /in query: 3 matched; in body-form: 3 matched; in body-json: 3 matched; in message: 3 matched/],
];

function ruleSet(level: number): RuleSet {
  const { files, entry } = runnableFiles([rules]);
  const settings = `SecAction "id:1,phase:1,pass,nolog,setvar:tx.detection_paranoia_level=${level}"\n`;
  const loaded = loadRules({ files: new Map([...files, ['s.conf', settings]]), entry: ['s.conf', ...entry] });
  assert.ok(loaded.ok);
  return loaded.ruleSet;
}

describe('rule cases', () => {
  const set = ruleSet(4);
  const cases = readCases([crs, own, ordinary]);
  it('are read from all forms', () => {
    assert.deepEqual(
      cases.map(({ name }) => name),
      WANTED.map(([name]) => name),
    );
  });
  for (const [name, result, text] of WANTED) {
    it(`${name} is ${result}`, () => {
      const one = cases.find((candidate) => candidate.name === name);
      assert.ok(one);
      const told = runCase(set, one);
      assert.equal(told.result, result, told.text);
      assert.match(told.text, text);
    });
  }

  it('fail when what they are about is off', () => {
    const gone = (one: RuleCase) => runCase(ruleSet(1), one).result;
    assert.deepEqual(cases.slice(0, 2).map(gone), ['failed', 'passed']);
  });
});

interface Expected {
  readonly args: readonly string[];
  readonly code: number;
  readonly out?: RegExp;
  readonly complaint?: RegExp;
}

const CASES: readonly Expected[] = [
  {
    args: [crs, '--rules', rules],
    code: 1,
    out: /^failed {2}3-3: 3 did not match[^]*\n5 passed, 2 failed, 1 skipped\n$/,
  },
  { args: [crs, '--rules', rules, '--only', '3-1'], code: 0, out: /^1 passed, 0 failed, 0 skipped\n$/ },
  {
    args: [crs, '--rules', rules, '--paranoia', '1', '--only', '3-1'],
    code: 1,
    out: /^failed {2}3-1[^]*0 passed, 1 failed/,
  },
  {
    args: [own, '--rules', rules, '--verbose', '--json'],
    code: 1,
    out: /"name":"3-fires-3","result":"failed"[^]*"event":"tested"/,
  },
  {
    args: ['rulesets/base/cases/ssrf.yaml', '--data', root, '--config', root],
    code: 0,
    out: /^\d+ passed, 0 failed, 0 skipped\n$/,
  },
  { args: [write('odd.yaml', 'a: 1\n')], code: 2, complaint: /no file of rule cases/ },
  { args: [write('bad.yaml', 'tests: [\n')], code: 2, complaint: /no file of rule cases/ },
  { args: [crs, '--rules', rules, '--paranoia', '5'], code: 2, complaint: /1 to 4/ },
  { args: [join(root, 'none.yaml')], code: 3, complaint: /cannot be read/ },
];

describe('seawall rules test', { concurrency: 2 }, () => {
  it('is tried in every case', () => assert.equal(CASES.length, 9));
  for (const { args, code, out, complaint } of CASES) {
    it(`${args.map((arg) => arg.replace(root, '')).join(' ')} ends with ${code}`, async () => {
      const ran = await runSeawall([
        'rules',
        'test',
        ...args.map((arg) => arg.replace(/^rulesets/, `${REPOSITORY}/rulesets`)),
      ]);
      assert.equal(ran.code, code, ran.complaints + ran.out);
      if (out !== undefined) assert.match(ran.out, out);
      if (complaint !== undefined) assert.match(ran.complaints, complaint);
    });
  }
});
