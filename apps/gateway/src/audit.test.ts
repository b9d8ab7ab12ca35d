import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Match } from '@seawall/seclang';
import { AuditFile } from './primary/audit-file.ts';
import { Bed, routeOf, RULES, serviceOf } from './testing/bed.ts';
import { ask, RawClient, startService, statusOf } from './testing/peers.ts';
import { auditLine, MAX_LINE } from './worker/audit/audit-line.ts';
import { Trace } from './worker/trace.ts';

const MARKER = String.raw`
SecRule REQUEST_HEADERS:X-CRS-Test "@rx ^.*$" \
    "id:999999,phase:1,pass,log,t:none,msg:'X-CRS-Test %{MATCHED_VAR}',ctl:ruleRemoveById=1-999999"
`;

const idsIn = (text: string): number[] => [...text.matchAll(/ \[id "(\d+)"\]/g)].map((match) => Number(match[1]));

describe('a line of the audit log', () => {
  const hostile = fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 3000 }),
    fc.constantFrom('"] [id "999"] [msg "', '\\"] [id "999"]', '\x1b[2J\r\n[id "999"]', '\u2028', '\\'),
  );

  const lineOf = (format: 'modsecurity' | 'json', text: string): string => {
    const trace = new Trace('::1');
    Object.assign(trace, { method: text, host: text, path: text, route: 'r' });
    const places = [{ target: `ARGS:${text}`, value: text, span: undefined, steps: [], detail: undefined }];
    const match: Match = {
      ruleId: 7,
      phase: 2,
      message: text,
      logdata: text,
      severity: 2,
      tags: Array.from({ length: 100 }, () => text),
      version: text,
      file: text,
      line: 3,
      operator: text,
      places,
      score: 5,
      logged: true,
      disruptive: false,
    };
    return auditLine(format, { trace, clientPort: 1, secret: undefined }, match);
  };

  it('is bounded, printable and cannot be broken by what it quotes', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = lineOf('modsecurity', text);
        assert.match(line, /^[\x20-\x7e]*$/);
        assert.ok(line.length <= MAX_LINE, String(line.length));
        // Every quoted part is closed by its own quote, and there is one id.
        const parts = line.replace(/"(?:[^"\\]|\\.)*"/g, '""');
        assert.deepEqual(idsIn(line.replace(/"(?:[^"\\]|\\.)*"/g, (part) => (part === '"7"' ? part : '""'))), [7]);
        assert.match(
          parts,
          /^\[\w{3} \w{3} \d\d [\d:.]+ \d{4}\] \[security:error\] \[client \[::1\]:1\] ModSecurity: /,
        );
        assert.match(parts, / \[unique_id ""\]$/);
      }),
    );
  });

  it('is one JSON object of the same', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = lineOf('json', text);
        assert.match(line, /^[\x20-\x7e]*$/);
        const row = JSON.parse(line) as { id: number; msg: string };
        assert.equal(row.id, 7);
        assert.equal(row.msg.slice(0, 1024), text.slice(0, 1024));
      }),
    );
  });
});

describe('the file of the audit log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-test-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is rotated by size, and keeps as many as it should', async () => {
    const told: string[] = [];
    const file = new AuditFile({ folder, log: (_level, text) => told.push(text) });
    const wanted = { format: 'json' as const, file: 'a.log', maxBytes: 100, keep: 2 };
    assert.equal(await file.configure(wanted), undefined);
    for (let number = 0; number < 20; number++) void file.write(`${String(number).padStart(39, '0')}\n`);
    await file.close();
    assert.deepEqual(readdirSync(folder).toSorted(), ['a.log', 'a.log.1', 'a.log.2']);
    const text = ['a.log.2', 'a.log.1', 'a.log'].map((name) => readFileSync(join(folder, name), 'latin1')).join('');
    assert.deepEqual(text.trim().split('\n').map(Number), [14, 15, 16, 17, 18, 19]);
    assert.equal(statSync(join(folder, 'a.log')).mode & 0o777, 0o600);
    assert.deepEqual(told, []);
  });

  it('says once that it cannot be written, counts what is lost, and goes on when it can', async () => {
    const told: string[] = [];
    const file = new AuditFile({ folder, log: (_level, text) => told.push(text) });
    const wanted = { format: 'json' as const, file: 'missing/b.log', maxBytes: 100, keep: 0 };
    assert.match((await file.configure(wanted)) ?? '', /missing\/b\.log cannot be opened/);
    await file.write('one\ntwo\n');
    await file.write('three\n');
    assert.equal(file.lost, 3);
    assert.equal(told.length, 1);
    assert.equal(await file.configure({ ...wanted, file: 'b.log' }), undefined);
    await file.write('four\n');
    await file.close();
    assert.equal(readFileSync(join(folder, 'b.log'), 'latin1'), 'four\n');
  });
});

describe('a gateway with an audit log', async () => {
  const service = await startService('one');
  const routes = (format: 'modsecurity' | 'json', file: string, mode: 'monitor' | 'protect') => ({
    listeners: [{ address: '127.0.0.1', port: 0 }],
    services: [serviceOf('shop', [service.port])],
    routes: [routeOf('shop', { mode })],
    audit: { format, file, maxBytes: 1_000_000, keep: 2 },
  });
  const bed = await Bed.start({
    parts: {
      routes: routes('modsecurity', 'audit.log', 'protect'),
      rules: {
        sets: [{ name: 'test', entry: ['m.conf', 'test.conf'] }],
        files: { 'm.conf': MARKER, 'test.conf': RULES },
      },
    },
  });
  after(async () => {
    await bed.stop();
    await service.close();
  });
  const pathOf = (name: string): string => join(bed.folder, 'data', name);
  const textOf = (name: string): string => (existsSync(pathOf(name)) ? readFileSync(pathOf(name), 'latin1') : '');
  const untilLine = (name: string, pattern: RegExp): Promise<string> =>
    bed.until(`${String(pattern)} in ${name}`, () => pattern.exec(textOf(name))?.[0]);

  it('writes one bracketed line a match, with nothing that breaks it', async () => {
    const answer = await ask(bed.port, 'GET /q1?a=evil-word&odd=1%0a&%1b%5b2J%22%5d=evil-word HTTP/1.1', [
      'Cookie: sid=verysecretvalue',
    ]);
    assert.equal(statusOf(answer), 403);
    const line = await untilLine('audit.log', /^.*\[id "1001"\].*\n/m);
    assert.match(
      line,
      /^\[\w{3} \w{3} \d\d [\d:.]+ \d{4}\] \[security:error\] \[client 127\.0\.0\.1:\d+\] ModSecurity: Access denied \(phase 2\)\. Matched "@contains evil-word" at ARGS:a/,
    );
    assert.match(
      line,
      /\[file "test\.conf"\] \[line "\d+"\] \[id "1001"\] \[msg "evil word"\] \[data ""\] \[severity "CRITICAL"\] \[ver "test\/1"\] \[tag "attack-sqli"\] \[hostname "test\.local"\] \[uri "\/q1"\] \[unique_id "[0-9a-f-]{36}"\]\n$/,
    );
    assert.match(textOf('audit.log'), /^[\x20-\x7e\n]*$/);
    assert.ok(!textOf('audit.log').includes('verysecretvalue'));
  });

  it('marks a test for the official runner: rule 999999, and no other rule for that request', async () => {
    const answer = await ask(bed.port, 'GET /marked?a=evil-word HTTP/1.1', ['X-CRS-Test: mark-1', 'X-Bad: yes']);
    assert.equal(statusOf(answer), 200, 'all other rules are removed');
    const line = await untilLine('audit.log', /^.*mark-1.*\n/m);
    assert.deepEqual(idsIn(line), [999_999]);
    assert.match(line, /\[msg "X-CRS-Test mark-1"\]/);
    const marked = textOf('audit.log')
      .split('\n')
      .filter((one) => one.includes('/marked'));
    assert.equal(marked.length, 1);
  });

  it('tells what phase 1 saw of a message that is refused', async () => {
    await new RawClient(bed.port).send('GET /p1 HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Bad: yes\r\n\r\n').end();
    await untilLine('audit.log', /\[id "1002"\].*\[uri "\/p1"\]/);
  });

  it('opens its file anew on SIGHUP, and when the policy names another', async () => {
    renameSync(pathOf('audit.log'), pathOf('moved.log'));
    bed.process.kill('SIGHUP');
    await bed.until('a new file', () => existsSync(pathOf('audit.log')));
    await ask(bed.port, 'GET /q2?a=evil-word HTTP/1.1');
    await untilLine('audit.log', /\[id "1001"\].*\[uri "\/q2"\]/);
    assert.doesNotMatch(textOf('moved.log'), /\/q2/);
    assert.equal(await bed.change({ routes: routes('json', 'audit.json', 'monitor') }), undefined);
    assert.equal(statusOf(await ask(bed.port, 'GET /q3?a=evil-word HTTP/1.1')), 200);
    const line = await untilLine('audit.json', /^.*\/q3.*\n/m);
    const row = JSON.parse(line) as Record<string, unknown>;
    assert.equal(row['id'], 1001);
    assert.deepEqual(row['targets'], ['ARGS:a']);
    assert.equal(row['severity'], 'CRITICAL');
  });

  it('says when the file cannot be opened, and protects all the same', async () => {
    const problem = await bed.change({ routes: routes('json', 'no/such/folder.log', 'protect') });
    assert.match(problem ?? '', /audit log .* cannot be opened/);
    assert.equal(statusOf(await ask(bed.port, 'GET /q4?a=evil-word HTTP/1.1')), 403);
    await bed.untilCounter('audit_lines_lost');
    assert.equal(await bed.change({ routes: routes('json', 'last.json', 'protect') }), undefined);
  });

  it('has everything in the file when it has ended', async () => {
    const answers = Array.from({ length: 20 }, (_, number) =>
      ask(bed.port, `GET /end?a=evil-word&n=${number} HTTP/1.1`),
    );
    for (const answer of await Promise.all(answers)) assert.equal(statusOf(answer), 403);
    const ended = new Promise((resolve) => bed.process.once('exit', resolve));
    bed.process.kill('SIGTERM');
    await ended;
    assert.equal(
      textOf('last.json')
        .split('\n')
        .filter((line) => line.includes('"/end"')).length,
      20,
    );
  });
});
