import type { ServiceLikeness } from '@seawall/contract';
import { addAnswers } from './merge.ts';
import { observe, type ObservedAnswer } from './observe.ts';

// For tests: a service as a gateway would see it, with data that must never come out again.

const field = (name: string, value: string) => ({ name, value });
const COMMON = [
  field('server', 'town-chat'),
  field('x-content-type-options', 'nosniff'),
  field('date', 'Mon, 23 Nov 2026 10:00:00 GMT'),
];
const json = (
  method: string,
  path: string,
  status: number,
  value: unknown,
  more: ObservedAnswer['fields'] = [],
): ObservedAnswer => ({
  service: 'chat',
  method,
  path,
  status,
  fields: [...COMMON, field('content-type', 'application/json; charset=utf-8'), ...more],
  body: Buffer.from(JSON.stringify(value), 'utf8').toString('latin1'),
});

export const OBSERVED: readonly ObservedAnswer[] = [
  json('GET', '/api/messages', 200, {
    results: [
      {
        id: 41,
        author: 'secretmaria',
        group: 7,
        to: '',
        text: 'The vault code is 9921-quartzine',
        at: 1_763_900_000_000,
      },
      { id: 42, author: 'hiddenjonas', group: 7, to: '', text: '秘密的会议在地下室举行', at: 1_763_900_100_000 },
    ],
  }),
  json('GET', '/api/search', 200, {
    results: [{ id: 3, author: 'secretmaria', text: 'Private words about the merger', at: 1_763_900_000_000 }],
  }),
  json('POST', '/api/messages', 201, {
    id: 43,
    author: 'secretmaria',
    group: 7,
    to: '',
    text: 'Another private line',
    at: 1_763_900_200_000,
  }),
  json('POST', '/api/login', 200, { user: 'secretmaria', ok: true }, [
    field('set-cookie', 'sid=5f1d0c9be77a4c31b0a2; Path=/; HttpOnly; SameSite=Lax'),
    field('x-answer-digest', 'a'.repeat(64)),
  ]),
  json('POST', '/api/login', 401, { error: 'wrong password for secretmaria' }),
  json('GET', '/api/people/17', 200, {
    user: 'hiddenjonas',
    name: 'Jonas Verborgen',
    email: 'jonas@verborgen.example',
  }),
  json('GET', '/api/nothing', 404, { error: 'no such page' }),
  json('POST', '/api/attachments/open', 200, {
    name: 'salary.txt',
    content: 'salaries of everybody in the department',
  }),
  json('POST', '/api/preview', 200, { url: 'https://inside.example/plan', status: 200, title: 'The quarterly plan' }),
  {
    service: 'chat',
    method: 'GET',
    path: '/wall',
    status: 200,
    fields: [...COMMON, field('content-type', 'text/html; charset=utf-8')],
    body:
      '<!doctype html><html lang="en"><head><title>Wall of secretmaria</title><style>.x{color:red}</style></head>' +
      '<body data-user="secretmaria"><nav><a href="/profile?user=secretmaria">Profile</a><a href="/people/secretmaria">Maria Geheim</a></nav>' +
      '<h1>Messages</h1><ul><li class="post">secretmaria: The vault code is 9921-quartzine</li></ul><script>token="abcd9921"</script>' +
      '<form method="post" action="/wall"><input name="text" value="my hidden draft"><button>Send</button></form></body></html>',
  },
  {
    service: 'chat',
    method: 'GET',
    path: '/thumbnail',
    status: 200,
    fields: [field('content-type', 'text/plain')],
    body: 'thumb of private.png',
  },
  {
    service: 'chat',
    method: 'POST',
    path: '/logout',
    status: 303,
    fields: [field('location', '/start?from=secretmaria')],
    body: '',
  },
  ...[
    { type: 'hello', user: 'secretmaria', id: 40 },
    { type: 'ok', ref: 'hiddenref', id: 41 },
    { type: 'message', id: 42, author: 'hiddenjonas', text: 'Whispered over the socket', at: 1_763_900_000_000 },
    {
      type: 'results',
      ref: 'hiddenref',
      results: [{ id: 3, author: 'hiddenjonas', text: 'Found in a whisper', at: 1_763_900_000_000 }],
    },
  ].map((message) => ({
    service: 'chat',
    method: 'WEBSOCKET',
    path: '/ws',
    status: 101,
    fields: [],
    body: JSON.stringify(message),
  })),
];

export const SECRETS: readonly string[] =
  `secretmaria hiddenjonas vault quartzine 秘密 merger Private Another 5f1d0c9b Verborgen verborgen.example salar inside.example
  quarterly Geheim draft abcd9921 hiddenref hisper private.png aaaaaaaa`.split(/\s+/);

export function sampleService(): ServiceLikeness {
  return { service: 'chat', answers: addAnswers([], OBSERVED.map(observe)) };
}
