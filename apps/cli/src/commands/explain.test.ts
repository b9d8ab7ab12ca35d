import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Explanation } from '@seawall/seclang';
import { REPOSITORY, runSeawall } from '@seawall/testkit';
import { markedLine } from '../explain/cells.ts';
import { readRequest, readResponse } from '../explain/read-message.ts';

const root = mkdtempSync(join(tmpdir(), 'seawall-explain-'));
after(() => rmSync(root, { recursive: true }));
const data = join(root, 'data');
const rules = join(root, 'rules');
mkdirSync(data);
mkdirSync(rules);
const file = (name: string, text: string): string => {
  const path = join(root, name);
  writeFileSync(path, Buffer.from(text, 'latin1'));
  return path;
};
const attack = file(
  'attack.http',
  'GET /s?q=1%2527%20or%201=1-- HTTP/1.1\nHost: shop.example\nUser-Agent: Mozilla/5.0\n\n',
);
const benign = file('benign.http', 'GET /s?q=hello HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0\r\n\r\n');
const hostile = file(
  'hostile.http',
  "GET /s?q=%1b[31m'%20or%201=1--%c2%9b HTTP/1.1\r\nHost: a\x1b[2J\r\nUser-Agent: \x9b\x1b]0;x\x07\r\n\r\n",
);
const answer = file(
  'answer.http',
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 18\r\n\r\nthe word is secret',
);
const OWN = `SecAction "id:10,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score_threshold=5"
SecRule ARGS "@rx (?i)or\\s+1=1" "id:1,phase:2,pass,log,msg:'Own',tag:'paranoia-level/1',t:none,t:urlDecodeUni,t:lowercase,\\
setvar:tx.inbound_anomaly_score_pl1=+5"
SecRule ARGS "@rx some_long_text" "id:3,phase:2,pass,log,msg:'Never'"
SecRule TX:inbound_anomaly_score_pl1 "@ge %{tx.inbound_anomaly_score_threshold}" "id:4,phase:2,deny,status:406,log,msg:'Sum'"
SecRule RESPONSE_BODY "@contains secret" "id:2,phase:4,deny,status:502,msg:'Leak'"
`;
writeFileSync(join(rules, 'own.conf'), OWN);
writeFileSync(join(root, 'broken.conf'), 'SecRule ARGS "@rx (" "id:1,phase:2,deny"\n');

interface Expected {
  readonly args: readonly string[];
  readonly code: number;
  readonly out?: RegExp;
  readonly complaint?: RegExp;
}

const OURS = ['--rules', rules];
const CASES: readonly Expected[] = [
  {
    args: [attack, ...OURS],
    code: 1,
    out: /blocked with 406 by rule 4 in phase 2: Sum\n +note +lines of the head end in a bare line feed[^]*1 +\+5 +5 of 5 [^]*as it came +1%27 or 1=1--\n +\^{6}\n +urlDecodeUni +1' or 1=1--\n +\^{6}\n[^]*SecRuleUpdateTargetById 1 "!ARGS:q"/,
  },
  { args: [attack, '--mode', 'monitor'], code: 0, out: /verdict +passes\n +in mode protect: blocked with 403/ },
  {
    args: [attack, ...OURS, '--exclude', '1;ARGS:q'],
    code: 0,
    out: /verdict +passes[^]*1 +were spared|verdict +passes/,
  },
  { args: [attack, ...OURS, '--exclude', '1', '--all'], code: 0, out: /1 +phase 2 +skipped: by the exclusion given/ },
  {
    args: [benign, ...OURS, '--all'],
    code: 0,
    out: /3 +phase 2 +spared in 1 value: the pattern needs "some_long_text/,
  },
  { args: [benign, ...OURS, '--response', answer], code: 1, out: /blocked with 502 by rule 2 in phase 4: Leak/ },
  { args: [hostile, ...OURS], code: 1, out: /\\x1b\[31m/ },
  { args: [attack, ...OURS, '--exclude', 'x'], code: 2, out: /is no exclusion/ },
  { args: [attack, '--rules', join(root, 'broken.conf')], code: 2, out: /broken\.conf:1:1[0-9]: error/ },
  { args: [attack, '--set', 'nope'], code: 2, complaint: /no rule set nope/ },
  { args: [file('empty.http', '\n\n')], code: 2, complaint: /holds no HTTP message/ },
  { args: [join(root, 'none.http')], code: 3, complaint: /none\.http cannot be read/ },
];

describe('seawall explain', { concurrency: 2 }, () => {
  it('is tried in every case', () => assert.equal(CASES.length, 12));
  for (const { args, code, out, complaint } of CASES) {
    it(`${args.map((arg) => arg.replace(root, '')).join(' ')} ends with ${code}`, async () => {
      const ran = await runSeawall(['explain', ...args, '--data', data, '--config', data]);
      assert.equal(ran.code, code, ran.complaints + ran.out);
      if (out !== undefined) assert.match(ran.out, out);
      if (complaint !== undefined) assert.match(ran.complaints, complaint);
      assert.doesNotMatch(
        ran.out + ran.complaints,
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/,
        'no control characters',
      );
    });
  }

  it('gives all of it as one line of JSON', async () => {
    const { code, out } = await runSeawall(['explain', attack, ...OURS, '--json']);
    const told = JSON.parse(out) as Explanation & { event: string; notes: string[] }; // printed by this command
    assert.equal(code, 1);
    assert.equal(told.event, 'explanation');
    assert.equal(told.verdict.ruleId, 4);
    assert.deepEqual(
      told.ladder.map(({ ruleId, total }) => [ruleId, total]),
      [[1, 5]],
    );
    assert.ok(told.rules.length >= 5);
    assert.equal(told.notes.length, 1);
  });

  it('reads the request from standard input', async () => {
    const child = spawn(process.execPath, ['apps/cli/src/main.ts', 'explain', '-', ...OURS], {
      cwd: REPOSITORY,
    });
    child.stdin.end("POST /p HTTP/1.1\nHost: a\nContent-Type: application/x-www-form-urlencoded\n\nq=1' or 1=1--");
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = await new Promise<[number]>((resolve) => child.on('close', (value) => resolve([value ?? -1])));
    assert.equal(code, 1);
    assert.match(out, /body without Content-Length[^]*ARGS:q/);
  });
});

describe('a message in a file', () => {
  const read = (text: string) => readRequest(Buffer.from(text, 'latin1'), 'x.http');

  const ROWS: readonly (readonly [name: string, text: string, body: string, complete: boolean, note: RegExp])[] = [
    ['a length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc', 'abc', true, /^$/],
    [
      'a length too small',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\n',
      'abc',
      true,
      /1 bytes after/,
    ],
    ['a length too large', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc', 'abc', false, /says 9 bytes/],
    ['no length', 'POST / HTTP/1.1\r\nHost: a\r\n\r\nabc', 'abc', true, /without Content-Length/],
    [
      'chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      'abc',
      true,
      /^$/,
    ],
    [
      'chunks without end',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab',
      'ab',
      false,
      /do not end/,
    ],
    ['no empty line', 'GET / HTTP/1.1\nHost: a', '', true, /bare line feed/],
    ['another version', 'GET / HTTP/2\r\nHost: a\r\n\r\n', '', true, /^$/],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', '', true, /answers 400/],
  ];
  for (const [name, text, body, complete, note] of ROWS) {
    it(`with ${name}`, () => {
      const { message, notes } = read(text);
      assert.equal(message.body, body);
      assert.equal(message.complete, complete);
      assert.match(notes.join('; '), note);
    });
  }

  it('keeps the version that it names', () => {
    assert.equal(read('GET / HTTP/2\r\nHost: a\r\n\r\n').message.head.protocol, 'HTTP/2');
  });

  it('ends an answer with the file when it has no length', () => {
    const { message } = readResponse(Buffer.from('HTTP/1.1 404 Gone\r\nX: y\r\n\r\nabc'), 'a.http', 'GET');
    assert.deepEqual([message.head.status, message.body, message.complete], [404, 'abc', true]);
  });
});

describe('a marked line', () => {
  const line = (text: string, span: readonly [number, number] | undefined, columns = 60) =>
    markedLine(
      { text: Buffer.from(text).toString('latin1'), offset: 0, bytes: Buffer.byteLength(text), span, exact: true },
      columns,
    );

  it('writes bytes out and marks all their columns', () => {
    assert.deepEqual(line('a\u001b\nb', [1, 3]), { text: 'a\\x1b\\nb', mark: ' ^^^^^^' });
  });
  it('counts wide characters as two columns', () => {
    assert.deepEqual(line('你好x', [3, 6]), { text: '你好x', mark: '  ^^' });
  });
  it('writes out what hides or reorders text', () => {
    assert.equal(line('a\u202eb\u200b', undefined).text, 'a\\xe2\\x80\\xaeb\\xe2\\x80\\x8b');
  });
  it('is cut around the range', () => {
    const { text, mark } = line(`${'x'.repeat(200)}HIT${'y'.repeat(200)}`, [200, 203], 30);
    assert.equal(text.length, 30);
    assert.equal(text.slice(mark.indexOf('^'), mark.length), 'HIT');
  });
  it('shows the beginning of a range that is too long', () => {
    const { text, mark } = line('z'.repeat(300), [100, 300], 30);
    assert.equal(text, `…${'z'.repeat(28)}…`);
    assert.equal(mark, ` ${'^'.repeat(28)}`);
  });
});
