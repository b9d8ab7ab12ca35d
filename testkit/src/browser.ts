import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { requirement } from './requirement.ts';

const PATHS = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function found(): string | undefined {
  return PATHS.find((path) => path !== '' && existsSync(path));
}

export function needsBrowser(): { skip: string | false } {
  return requirement('Chromium', () => found() !== undefined, 'install chromium, or name one in the variable CHROMIUM');
}

/** Headless, and without its habit of calling home. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = found();
  if (executablePath === undefined) throw new Error('no Chromium; ask needsBrowser first');
  return await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
