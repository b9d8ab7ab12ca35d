// Each way by which CRS comes, and what happens when what comes is not CRS, not what was pinned, or does not load.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Fault } from '@seawall/faults';
import { hasCommand, requirement, runSeawall } from '@seawall/testkit';
import { putInPlace } from '../commands/rules.ts';
import { fromPath, fromRelease } from './crs-source.ts';

const root = mkdtempSync(join(tmpdir(), 'seawall-crs-'));
after(() => rmSync(root, { recursive: true }));

/** A rule set of three small files in the layout of a release, packed by the real `tar`. */
function release(version: string, rule = 'SecRule ARGS "@rx attack" "id:942100,phase:2,deny"'): string {
  const name = mkdtempSync(join(root, 'release-'));
  const folder = join(name, `coreruleset-${version}`);
  mkdirSync(join(folder, 'rules'), { recursive: true });
  writeFileSync(join(folder, 'crs-setup.conf.example'), 'SecAction "id:900990,phase:1,pass,nolog"\n');
  writeFileSync(
    join(folder, 'rules/REQUEST-901-INITIALIZATION.conf'),
    `# once OWASP_CRS/1.2.3\nSecComponentSignature "OWASP_CRS/${version}"\n`,
  );
  writeFileSync(join(folder, 'rules/REQUEST-942-APPLICATION-ATTACK-SQLI.conf'), `${rule}\n`);
  execFileSync('tar', ['-czf', 'release.tar.gz', `coreruleset-${version}`], { cwd: name });
  return name;
}

const good = release('4.99.0');
const archive = join(good, 'release.tar.gz');
const installed = (data: string) => readFileSync(join(data, 'rules/crs/version'), 'utf8').trim();
const code = (wanted: string) => (error: unknown) => error instanceof Fault && error.code === wanted;

async function serving<T>(body: Buffer, status: number, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/crs.tar.gz`); // of a TCP server
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('the official release', () => {
  const content = readFileSync(archive);
  const sha256 = createHash('sha256').update(content).digest('hex');

  it('is taken when its digest is the pinned one', async () => {
    const files = await serving(content, 200, (url) => fromRelease({ url, sha256 }));
    assert.deepEqual([files.version, files.rules.size], ['4.99.0', 2]);
  });
  it('is refused with any other digest', async () => {
    const other = Buffer.concat([content, Buffer.from([0])]);
    await assert.rejects(
      serving(other, 200, (url) => fromRelease({ url, sha256 })),
      code('cli.rules-digest'),
    );
  });
  it('is refused when the page answers something else, or nothing listens', async () => {
    await assert.rejects(
      serving(content, 404, (url) => fromRelease({ url, sha256 })),
      code('cli.rules-unreachable'),
    );
    await assert.rejects(fromRelease({ url: 'http://127.0.0.1:9/crs.tar.gz', sha256 }), code('cli.rules-unreachable'));
  });
  it('is read no further than a release can be long', async () => {
    const huge = Buffer.alloc(33 * 1_048_576);
    await assert.rejects(
      serving(huge, 200, (url) => fromRelease({ url, sha256 })),
      code('cli.rules-unreachable'),
    );
  });
});

describe('archives and folders', () => {
  it('give the same files', () => {
    const packed = fromPath(archive);
    const plain = fromPath(join(good, 'coreruleset-4.99.0'));
    assert.equal(packed.rules.size, 2);
    assert.deepEqual(plain.rules, packed.rules);
    assert.deepEqual(plain.setup, packed.setup);
  });
  it('are refused when they are something else', () => {
    const cut = join(root, 'cut.tar.gz');
    writeFileSync(cut, readFileSync(archive).subarray(0, 200));
    const text = join(root, 'text.tar.gz');
    writeFileSync(text, 'x'.repeat(2000));
    for (const path of [cut, text, root]) assert.throws(() => fromPath(path), code('cli.rules-source'), path);
    assert.throws(() => fromPath(join(root, 'none')), code('cli.unreadable'));
  });
});

describe('putting in place', () => {
  const data = join(root, 'data');
  it('replaces the old rules as a whole', () => {
    putInPlace(fromPath(archive), data);
    assert.equal(installed(data), '4.99.0');
    putInPlace(fromPath(join(release('4.99.1'), 'release.tar.gz')), data);
    assert.equal(installed(data), '4.99.1');
    assert.deepEqual(readdirSync(join(data, 'rules')), ['crs']);
  });
  it('leaves them when the new ones do not load', () => {
    const bad = fromPath(join(release('4.99.2', 'SecRule ARGS "@rx (" "id:1,phase:2,deny"'), 'release.tar.gz'));
    assert.throws(() => putInPlace(bad, data), code('cli.rules-bad'));
    assert.equal(installed(data), '4.99.1');
    assert.deepEqual(readdirSync(join(data, 'rules')), ['crs']);
  });
});

describe('seawall rules install crs', () => {
  it('installs an archive and says so in one line of JSON', async () => {
    const data = join(root, 'from-archive');
    const ran = await runSeawall(['rules', 'install', 'crs', '--from', archive, '--data', data, '--json']);
    assert.equal(ran.code, 0, ran.complaints);
    const row = JSON.parse(ran.out) as { event: string; version: string; files: number };
    assert.deepEqual([row.event, row.version, row.files], ['installed', '4.99.0', 2]);
  });
  it('changes nothing when there is no such file', async () => {
    const data = join(root, 'nothing');
    const ran = await runSeawall(['rules', 'install', 'crs', '--from', join(root, 'none'), '--data', data]);
    assert.deepEqual([ran.code, ran.out, existsSync(data)], [3, '', false]);
  });
  it(
    "takes Debian's package",
    requirement(
      'modsecurity-crs',
      () => existsSync('/usr/share/modsecurity-crs/rules'),
      'apt-get install modsecurity-crs',
    ),
    async () => {
      const data = join(root, 'from-debian');
      const ran = await runSeawall(['rules', 'install', 'crs', '--from', '/usr/share/modsecurity-crs', '--data', data]);
      assert.equal(ran.code, 0, ran.complaints);
      assert.match(installed(data), /^3\.\d+\.\d+$/);
    },
  );
  it('takes the Go module', { skip: hasCommand('go') ? false : 'Go is not installed on this machine' }, async () => {
    const data = join(root, 'from-go');
    const ran = await runSeawall(['rules', 'install', 'crs', '--from', 'go', '--data', data]);
    assert.equal(ran.code, 0, ran.complaints);
    assert.equal(installed(data), '4.25.0');
  });
});
