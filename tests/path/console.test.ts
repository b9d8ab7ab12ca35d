// The console as a person uses it, in a headless browser: sign in, watch an attack arrive, open it, undo what was done.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { needsBrowser, openBrowser, startPlatform, type Platform } from '@seawall/testkit';

const needed = needsBrowser();
/** Unmistakable: twice the score that is needed, so that its source is diverted at once. */
const ATTACK =
  "/courses?search=x'%20UNION%20SELECT%201,person,account,4%20FROM%20payroll--%20&q=<script>alert(1)</script>";

let platform: Platform;
let browser: Browser;

before(async () => {
  if (needed.skip !== false) return;
  platform = await startPlatform(['--no-traffic']);
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await platform?.stop();
});

async function attack(): Promise<number> {
  const { port } = new URL(platform.ready.routes.find((route) => route.name === 'campus')?.address ?? '');
  const { request } = await import('node:http');
  return await new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: ATTACK,
        headers: { host: `campus.localhost:${port}`, 'user-agent': 'Mozilla/5.0' },
      },
      (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.on('error', reject).end();
  });
}

test('sign in, watch an attack arrive, open it, undo the action', needed, async () => {
  const page: Page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser itself reports the 401 that tells the page to show its sign-in.
    if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text());
  });

  await page.goto(platform.ready.dashboard);
  await page.getByTestId('sign-in-secret').fill(platform.ready.secret);
  await page.getByTestId('sign-in-button').click();
  const events = page.getByTestId('live-events');
  await events.waitFor();

  assert.equal(await attack(), 403);
  const row = events.locator('[data-kind="finding"]').first();
  await row.waitFor({ timeout: 15_000 });
  await row.getByRole('link').first().click();
  await page.getByTestId('finding-page').waitFor();
  await page.getByTestId('finding-page').getByText('UNION', { exact: false }).first().waitFor();

  const marks = page.getByTestId('explained-matches').locator('mark');
  await marks.first().waitFor({ timeout: 20_000 });
  assert.ok((await marks.allTextContents()).some((text) => /union select/i.test(text)));
  await page.getByTestId('what-if').getByText('it would pass', { exact: false }).first().waitFor();
  await page.getByTestId('rule-fates').getByRole('button').first().press('Enter');
  await page.getByRole('columnheader').first().waitFor();

  const undo = page.getByTestId('undo-button').first();
  await undo.waitFor({ timeout: 15_000 });
  const { rows: before } = await platform.api<{ rows: { id: string; kind: string; state: string }[] }>(
    '/actions?limit=10',
  );
  const diverted = before.find(({ kind, state }) => kind === 'divert' && state === 'active');
  assert.ok(diverted, `an active diversion: ${JSON.stringify(before)}`);
  await undo.click();

  let state = '';
  for (let tries = 0; tries < 50 && state !== 'undone'; tries++) {
    ({ state } = await platform.api<{ state: string }>(`/actions/${diverted.id}`));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.equal(state, 'undone');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('the one-time secret works once, and nothing is shown without signing in', needed, async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${platform.ready.dashboard}/incidents`);
  await page.getByTestId('sign-in-secret').fill(platform.ready.secret);
  await page.getByTestId('sign-in-button').click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByTestId('live-events').count(), 0);
  await context.close();
});
