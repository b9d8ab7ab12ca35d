import type { RequestHead } from '@seawall/seclang';
import { fault } from '../faults.ts';

/** The exchange that carries one value at one place. */
export interface ValueExchange {
  readonly head: RequestHead;
  readonly body: string;
  readonly message?: string;
  readonly response?: string;
}

const HOST = ['Host', 'app.example'] as const;
const AGENT = ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0'] as const;
const XML_ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function encoded(text: string): string {
  return bytes(text).replace(/[^A-Za-z0-9._~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function get(target: string, ...extra: (readonly [string, string])[]): ValueExchange {
  const own = extra.some(([name]) => name === 'User-Agent') ? [HOST] : [HOST, AGENT];
  return { head: { method: 'GET', target, protocol: 'HTTP/1.1', fields: [...own, ...extra] }, body: '' };
}

function post(type: string, body: string): ValueExchange {
  const fields = [HOST, AGENT, ['Content-Type', type], ['Content-Length', String(body.length)]] as const;
  return { head: { method: 'POST', target: '/submit', protocol: 'HTTP/1.1', fields }, body };
}

function multipart(filename: string): ValueExchange {
  const name = bytes(filename).replaceAll('"', '%22');
  const part = `--edge\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\nContent-Type: image/png\r\n\r\nx\r\n--edge--\r\n`;
  return post('multipart/form-data; boundary=edge', part);
}

function rawRequest(value: string): ValueExchange {
  const [text = '', body = ''] = bytes(value).split('\r\n\r\n');
  const [line = '', ...rest] = text.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const fields = rest.map(
    (field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim()] as const,
  );
  return { head: { method, target, protocol: 'HTTP/1.1', fields }, body };
}

/** Places that end in `-raw` take the value as written, the others encode it once, as a client would. */
const PLACES: Readonly<Record<string, (value: string) => ValueExchange>> = {
  query: (value) => get(`/search?q=${encoded(value)}`),
  'query-raw': (value) => get(`/search?q=${bytes(value)}`),
  name: (value) => get(`/search?${encoded(value)}=1`),
  'path-raw': (value) => get(bytes(value)),
  cookie: (value) => get('/', ['Cookie', `pref=${encoded(value)}`]),
  'body-form': (value) => post('application/x-www-form-urlencoded', `q=${encoded(value)}`),
  'body-form-raw': (value) => post('application/x-www-form-urlencoded', bytes(value)),
  'body-json': (value) => post('application/json', bytes(JSON.stringify({ user: { text: value } }))),
  'body-xml': (value) =>
    post('application/xml', bytes(`<a><b>${value.replace(/[<>&"]/g, (sign) => XML_ESCAPES[sign] ?? sign)}</b></a>`)),
  'body-text': (value) => post('text/plain', bytes(value)),
  filename: multipart,
  message: (value) => ({ ...get('/socket'), message: bytes(value) }),
  response: (value) => ({ ...get('/'), response: bytes(value) }),
  request: rawRequest,
};

/** Where ordinary values are tried. */
export const ORDINARY_PLACES = ['query', 'body-form', 'body-json', 'message'] as const;

export function exchangeWith(place: string, value: string): ValueExchange {
  if (place.startsWith('header:')) return get('/', [place.slice('header:'.length), bytes(value)]);
  const make = PLACES[place];
  if (make !== undefined) return make(value);
  const known = [...Object.keys(PLACES), 'header:NAME'].join(', ');
  throw fault('cli.value', { what: `There is no place ${place} for a case. There is: ${known}.` });
}
