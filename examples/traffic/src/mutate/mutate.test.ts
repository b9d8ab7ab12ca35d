/** The mutator rewrites attacks without spoiling them: each rewriting is tried on what it attacks. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { chromium } from 'playwright-core';
import { Scratch } from '../../../ground/src/scratch.ts';
import { careless, isInside } from '../../../chat/src/holes.ts';
import { unionDump, breakOut } from '../attack/sql.ts';
import { Random } from '../random.ts';
import { insideUrl } from './address.ts';
import { jsonEscaped, percentEncoded } from './encode.ts';
import { activeMarkup } from './markup.ts';
import { climbing } from './path.ts';
import { shellInjection } from './shell.ts';
import { condition } from './sql.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mutate-'));
process.env.EXAMPLE_DATA = folder;
after(() => rmSync(folder, { recursive: true, force: true }));

const seed = Math.floor(Math.random() * 2 ** 31);
const random = new Random(seed);

/** `count` different rewritings, each checked; a failure names seed and text. */
async function each(count: number, make: () => string, check: (made: string) => unknown): Promise<void> {
  const made = new Set<string>();
  for (let i = 0; i < count; i++) made.add(make());
  assert.ok(made.size > count / 3, `only ${made.size} different ones of ${count}`);
  for (const text of made) assert.ok(await check(text), `seed ${seed}: ${JSON.stringify(text)}`);
}

test('SQL still gives the data', async () => {
  const database = new DatabaseSync(':memory:');
  database.exec("CREATE TABLE m (id, author, body, at); INSERT INTO m VALUES (1, 'x', 'Welcome', 2)");
  database.exec("CREATE TABLE vault (owner, secret); INSERT INTO vault VALUES ('a', 'canary')");
  const search = (q: string): string =>
    JSON.stringify(database.prepare(`SELECT id, author, body, at FROM m WHERE body LIKE '%${q}%' ORDER BY 1`).all());
  const attacker = { random };
  await each(
    300,
    () => unionDump(['vault', 'owner', 'secret'], attacker),
    (q) => search(q).includes('canary'),
  );
  for (const isTrue of [true, false]) {
    await each(
      300,
      () => breakOut('Welcome', `AND ${condition(isTrue, random)}`, attacker),
      (q) => search(q).includes('Welcome') === isTrue,
    );
  }
});

test('shell text still reads the file', async () => {
  const scratch = new Scratch('shell');
  scratch.write('/work/settings.conf', 'key = canary\n');
  scratch.write('/work/resize.sh', 'echo "P2 $*"\n');
  await each(
    60,
    () => shellInjection('settings.conf', random),
    async (size) => (await scratch.shell('/work', `sh resize.sh ${size}`)).includes('canary'),
  );
});

test('paths still climb', async () => {
  const scratch = new Scratch('paths');
  scratch.write('/srv/chat/attachments/a.txt', 'a');
  scratch.write('/etc/passwd', 'canary');
  await each(
    200,
    () => climbing('etc/passwd', 3, random),
    async (file) => String(await scratch.readJoined('/srv/chat/attachments', careless(file))) === 'canary',
  );
});

test('addresses still lead inside', async () => {
  const internal = { host: '127.0.0.1', port: 9 };
  await each(
    200,
    () => insideUrl(random),
    (url) => URL.canParse(url) && isInside(new URL(url), internal),
  );
});

test('encodings decode to what was encoded', async () => {
  const values = ["a' OR 1=1 -- \t\n/**/", '<svg onload="x">', '../..\\%2e', '你好 <3 🎂', '%', '+', '\u0001&=#?'];
  for (let i = 0; i < 40; i++) {
    for (const value of values) {
      assert.equal(new URLSearchParams(`q=${percentEncoded(value, random)}`).get('q'), value);
      assert.equal(JSON.parse(jsonEscaped(value, random)), value);
    }
  }
});

const BROWSER = '/usr/bin/chromium';
const noBrowser = existsSync(BROWSER) ? false : 'no Chromium on this machine';

test('markup still runs in a browser', { skip: noBrowser }, async () => {
  const browser = await chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.route('**/*', (route) =>
      route.request().resourceType() === 'document'
        ? route.fulfill({ contentType: 'text/html', body: '<!doctype html>' })
        : route.fulfill({ status: 404, body: '' }),
    );
    await page.goto('http://chat.localhost/');
    const stuck: string[] = [];
    for (let i = 0; i < 60; i++) {
      const markup = activeMarkup('top.hit=1', random);
      await page.setContent(`<!doctype html><div class="message"><b>x</b>${markup} <small>1</small></div>`);
      const ran = await page
        .waitForFunction('top.hit === 1', undefined, { timeout: 1500, polling: 10 })
        .catch(() => false);
      if (ran === false) stuck.push(markup);
      await page.evaluate('delete top.hit');
    }
    assert.deepEqual(stuck, [], `seed ${seed}`);
  } finally {
    await browser.close();
  }
});
