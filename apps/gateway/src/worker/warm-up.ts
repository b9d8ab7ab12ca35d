import { performance } from 'node:perf_hooks';
import type { RuleSet } from '@seawall/seclang';

/** Ends earlier when it takes longer than this: a worker that warms up serves nobody. */
const MAX_MS = 400;
const MAX_ROUNDS = 20;

type Fields = readonly (readonly [name: string, value: string])[];

interface Shape {
  readonly method: string;
  target(round: number): string;
  readonly type?: string;
  body?(round: number): string;
}

/** What browsers ask of ordinary services: pages, scripts, searches, log-ins, messages, forms. */
const SHAPES: readonly Shape[] = [
  { method: 'GET', target: (round) => `/?from=page-${round}` },
  { method: 'GET', target: (round) => `/static/app.${round}a7f.js?v=${round}` },
  { method: 'GET', target: (round) => `/search?q=some+words+and+${round}&sort=name&page=${round}` },
  {
    method: 'POST',
    target: () => '/api/session',
    type: 'application/json',
    body: (round) => `{"user":"ann${round}","password":"pa55-${round}word"}`,
  },
  {
    method: 'POST',
    target: (round) => `/api/rooms/${round}/messages`,
    type: 'application/json',
    body: (round) =>
      `{"text":"Shall we meet at ${round}, after lunch? I'd bring the plans, and (if you like) some cake."}`,
  },
  {
    method: 'POST',
    target: () => '/account',
    type: 'application/x-www-form-urlencoded',
    body: (round) =>
      `first=Ann&last=Lee${round}&email=ann%40warm.invalid&city=San+Jos%C3%A9&phone=%2B49+30+${round}&news=yes`,
  },
];

const BROWSER: Fields = [
  ['Host', 'warm.invalid'],
  [
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  ],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
  ['Accept-Language', 'en-US,en;q=0.9,de;q=0.7'],
  ['Accept-Encoding', 'gzip, deflate, br, zstd'],
];

/** Made-up requests, so that the first real ones do not pay for automata and caches that are built when used. Nothing of them is kept. */
export function warmUp(ruleSets: Iterable<RuleSet>): void {
  const until = performance.now() + MAX_MS;
  for (const ruleSet of ruleSets) {
    for (let round = 0; round < MAX_ROUNDS && performance.now() < until; round++) {
      for (const shape of SHAPES) inspectOne(ruleSet, shape, round);
    }
  }
}

function inspectOne(ruleSet: RuleSet, shape: Shape, round: number): void {
  const facts = { clientAddress: '127.0.0.1', clientPort: 1, serverAddress: '127.0.0.1', serverPort: 1 } as const;
  const transaction = ruleSet.begin({ ...facts, engine: 'detect' }, { nowMicros: 0, uniqueId: '' });
  const body = shape.body?.(round) ?? '';
  const fields: Fields = [
    ...BROWSER,
    ['Cookie', `sid=${round}f3a9c0d17be2; theme=dark; _ga=GA1.2.${round}81.17`],
    ['Referer', `https://warm.invalid/page/${round}?q=words`],
    ...(shape.type === undefined
      ? []
      : ([
          ['Content-Type', shape.type],
          ['Content-Length', String(body.length)],
        ] as const)),
  ];
  transaction.requestHead({ method: shape.method, target: shape.target(round), protocol: 'HTTP/1.1', fields });
  transaction.requestBody(body, true);
  if (ruleSet.needsResponseBody) {
    const type: Fields = [['Content-Type', 'text/html; charset=utf-8']];
    transaction.responseHead({ status: 200, protocol: 'HTTP/1.1', fields: type });
    transaction.responseBody(
      `<!doctype html><title>Page ${round}</title><p>Some text of a page, and a <a href="/">link</a>.`,
      true,
    );
  }
  transaction.log();
}
