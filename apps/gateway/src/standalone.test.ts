import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ask, startService, statusOf } from './testing/peers.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const RULE = `SecRule ARGS "@pmFromFile words.data" "id:1,phase:2,deny,log,msg:'a listed word'"\n`;

function folderOf(t: TestContext, rules: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-alone-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'rules/sub'), { recursive: true });
  writeFileSync(join(folder, 'rules/sub/a.conf'), rules);
  writeFileSync(join(folder, 'rules/sub/words.data'), 'evil-word\n');
  return folder;
}

function run(folder: string, args: readonly string[]) {
  const all = [MAIN, '--data', join(folder, 'data'), '--workers', '1', ...args];
  return spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
}

const RULES = ['--entry', 'seawall/engine.conf', '--entry', 'sub/*.conf'];

describe('a gateway without a server', () => {
  it('passes on to its upstream and stops what its rules stop', async (t) => {
    const service = await startService('alone');
    t.after(() => service.close());
    const folder = folderOf(t, RULE);
    const upstream = ['--upstream', `127.0.0.1:${service.port}`, '--rules', join(folder, 'rules'), ...RULES];
    const gateway = run(folder, upstream);
    t.after(async () => {
      const ended = once(gateway, 'exit');
      gateway.kill('SIGTERM');
      await ended;
    });
    const [line] = (await once(gateway.stdout, 'data')) as [Buffer];
    const { listeners } = JSON.parse(line.toString()) as { listeners: { port: number }[] };
    const port = listeners[0]?.port ?? 0;
    assert.match(await ask(port, 'GET /plain?q=word HTTP/1.1'), /alone GET \/plain/);
    assert.equal(statusOf(await ask(port, 'GET /?q=an+evil-word HTTP/1.1')), 403);
    assert.equal(service.seen.length, 1);
  });

  const REFUSED: readonly (readonly [name: string, rules: string, args: readonly string[], says: RegExp])[] = [
    ['rules that do not load', 'SecRulee x\n', ['--upstream', '127.0.0.1:9'], /sub\/a\.conf:1:1.*did you mean/],
    ['an upstream without port', RULE, ['--upstream', '127.0.0.1'], /--upstream must be like/],
    ['an upstream beside a server', RULE, ['--upstream', '127.0.0.1:9', '--server', 's'], /exclude each other/],
    ['no upstream', RULE, [], /--rules needs --upstream/],
  ];
  for (const [name, rules, args, says] of REFUSED) {
    it(`refuses ${name}`, async (t) => {
      const folder = folderOf(t, rules);
      const gateway = run(folder, ['--rules', join(folder, 'rules'), ...RULES, ...args]);
      let text = '';
      gateway.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const [code] = await once(gateway, 'close');
      assert.equal(code, 2);
      assert.match(text, says);
    });
  }
  assert.equal(REFUSED.length, 4);
});
