import { readdirSync, readFileSync } from 'node:fs';
import { ENGINE_CONFIGURATION, loadRules } from '@seawall/seclang';
import type { ConnectionFacts, Environment, Outcome, RuleSet } from '@seawall/seclang';
import { formatProblem } from '@seawall/faults';

export const BASE_FOLDER = new URL('../../rulesets/base/', import.meta.url);

const CONNECTION: ConnectionFacts = {
  clientAddress: '192.0.2.10',
  clientPort: 40_000,
  serverAddress: '192.0.2.20',
  serverPort: 443,
  engine: 'on',
};
const ENVIRONMENT: Environment = { nowMicros: 1_750_000_000_000_000, uniqueId: 'case' };

export interface Exchange {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  readonly message?: string;
  readonly response?: string;
}

export function loadBase(): RuleSet {
  const files = new Map([['engine.conf', ENGINE_CONFIGURATION]]);
  for (const name of readdirSync(BASE_FOLDER).filter((name) => name.endsWith('.conf'))) {
    files.set(name, readFileSync(new URL(name, BASE_FOLDER), 'latin1'));
  }
  const loaded = loadRules({
    files,
    entry: [...files.keys()].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)),
  });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.ruleSet;
}

function rank(name: string): number {
  return name === 'engine.conf' ? 0 : 1;
}

/** Ids of the rules that judge something: those with a severity. The others only count. */
export function judgingRules(): Set<number> {
  const ids = new Set<number>();
  for (const name of readdirSync(BASE_FOLDER).filter((name) => name.endsWith('.conf'))) {
    const text = readFileSync(new URL(name, BASE_FOLDER), 'latin1');
    for (const rule of text.split(/^Sec(?=Rule|Action)/m)) {
      const id = /\bid:(\d+)/.exec(rule)?.[1];
      if (id !== undefined && rule.includes('severity:')) ids.add(Number(id));
    }
  }
  return ids;
}

export function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function encoded(text: string): string {
  return bytes(text).replace(/[^A-Za-z0-9._~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const HOST = ['Host', 'app.example'] as const;
const AGENT = ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'] as const;

function get(target: string, ...extra: (readonly [string, string])[]): Exchange {
  const own = extra.some(([name]) => name === 'User-Agent') ? [HOST] : [HOST, AGENT];
  return { method: 'GET', target, fields: [...own, ...extra], body: '' };
}

function post(type: string, body: string): Exchange {
  const fields = [HOST, AGENT, ['Content-Type', type], ['Content-Length', String(body.length)]] as const;
  return { method: 'POST', target: '/submit', fields, body };
}

function multipart(filename: string): Exchange {
  const name = bytes(filename).replaceAll('"', '%22');
  const part = `--edge\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: image/png\r\n\r\nx\r\n--edge--\r\n`;
  return post('multipart/form-data; boundary=edge', part);
}

function rawRequest(value: string): Exchange {
  const [head = '', body = ''] = bytes(value).split('\r\n\r\n');
  const [line = '', ...rest] = head.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const fields = rest.map(
    (field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim()] as const,
  );
  return { method, target, fields, body };
}

const XML_ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

/** The exchange that carries a value at a place. `…-raw` places take the value as written, the others encode it once. */
export function exchangeWith(place: string, value: string): Exchange {
  if (place.startsWith('header:')) return get('/', [place.slice(7), bytes(value)]);
  switch (place) {
    case 'query':
      return get(`/search?q=${encoded(value)}`);
    case 'query-raw':
      return get(`/search?q=${bytes(value)}`);
    case 'name':
      return get(`/search?${encoded(value)}=1`);
    case 'path-raw':
      return get(bytes(value));
    case 'cookie':
      return get('/', ['Cookie', `pref=${encoded(value)}`]);
    case 'body-form':
      return post('application/x-www-form-urlencoded', `q=${encoded(value)}`);
    case 'body-form-raw':
      return post('application/x-www-form-urlencoded', bytes(value));
    case 'body-json':
      return post('application/json', bytes(JSON.stringify({ user: { text: value } })));
    case 'body-xml':
      return post('application/xml', bytes(`<a><b>${value.replace(/[<>&"]/g, (c) => XML_ESCAPES[c] ?? c)}</b></a>`));
    case 'body-text':
      return post('text/plain', bytes(value));
    case 'filename':
      return multipart(value);
    case 'message':
      return { ...get('/socket'), message: bytes(value) };
    case 'response':
      return { ...get('/'), response: bytes(value) };
    case 'request':
      return rawRequest(value);
    default:
      throw new Error(`unknown place ${place}`);
  }
}

export function outcomeOf(ruleSet: RuleSet, exchange: Exchange): Outcome {
  const transaction = ruleSet.begin(CONNECTION, ENVIRONMENT);
  const { method, target, fields, body, message, response } = exchange;
  let decision = transaction.requestHead({ method, target, protocol: 'HTTP/1.1', fields });
  if (decision.kind === 'continue') {
    decision = message === undefined ? transaction.requestBody(body, true) : transaction.message(message, 'request');
  }
  if (decision.kind === 'continue' && response !== undefined) {
    const head = { status: 200, protocol: 'HTTP/1.1', fields: [['Content-Type', 'text/html']] as const };
    decision = transaction.responseHead(head);
    if (decision.kind === 'continue') transaction.responseBody(response, true);
  }
  return transaction.log();
}

export function firedBy(outcome: Outcome): number[] {
  return outcome.matches.map((match) => match.ruleId);
}
