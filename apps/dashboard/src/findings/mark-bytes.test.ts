import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleMatch } from '@seawall/contract';
import fc from 'fast-check';
import { findMarks, segmentsOf } from './mark-bytes.ts';

const HEAD = [
  'GET /search?page=1&q=%27+OR+1%3D1&r=or HTTP/1.1',
  'Host: chat.test',
  'User-Agent: sqlmap/1.8 or',
  'Cookie: session=***; q=or',
  '',
  '',
].join('\r\n');

function match(change: Partial<RuleMatch>): RuleMatch {
  return {
    ruleId: '1',
    message: '',
    target: 'ARGS:q',
    operator: '@rx',
    value: "' or 1=1",
    steps: [],
    score: 5,
    severity: 'critical',
    tags: [],
    ...change,
  };
}

function marked(head: string, body: string, ...matches: RuleMatch[]): { head: string[]; body: string[] } {
  const marks = findMarks({ head, body }, matches);
  const cut = (text: string, list: typeof marks.head) => list.map(({ start, end }) => text.slice(start, end));
  return { head: cut(head, marks.head), body: cut(body, marks.body) };
}

const CASES: readonly (readonly [
  name: string,
  head: string,
  body: string,
  match: Partial<RuleMatch>,
  expected: { readonly head: readonly string[]; readonly body: readonly string[] },
])[] = [
  ['percent-encoded value of a parameter', HEAD, '', { span: [0, 8] }, { head: ['%27+OR+1%3D1'], body: [] }],
  ['only the matched part', HEAD, '', { span: [5, 8] }, { head: ['1%3D1'], body: [] }],
  [
    'a field is looked for in its own line',
    HEAD,
    '',
    { target: 'REQUEST_HEADERS:User-Agent', value: 'or' },
    { head: ['or'], body: [] },
  ],
  [
    'JSON escapes in a body',
    'POST / HTTP/1.1\r\n\r\n',
    '{"q":"\\u0027 or 1=1"}',
    { target: 'ARGS:json.q' },
    { head: [], body: ['\\u0027 or 1=1'] },
  ],
  [
    'HTML escapes in a body',
    'POST / HTTP/1.1\r\n\r\n',
    'a=&lt;script&gt;',
    { target: 'REQUEST_BODY', value: '<script>' },
    { head: [], body: ['&lt;script&gt;'] },
  ],
  [
    'what the pipeline began with',
    HEAD,
    '',
    {
      value: 'decoded to nothing like it',
      span: [0, 7],
      steps: [{ transformation: 't:x', before: "' OR 1=1", after: 'y' }],
    },
    { head: ['%27+OR+1%3D1'], body: [] },
  ],
  ['not there: no mark', HEAD, '', { value: 'absent' }, { head: [], body: [] }],
];

for (const [name, head, body, change, expected] of CASES) {
  test(`marks: ${name}`, () => assert.deepEqual(marked(head, body, match(change)), expected));
}
test('the table of marks is whole', () => assert.equal(CASES.length, 7));

test('the mark in a field stands in that field', () => {
  const { head } = findMarks({ head: HEAD, body: '' }, [match({ target: 'REQUEST_HEADERS:User-Agent', value: 'or' })]);
  assert.equal(HEAD.slice((head[0]?.start ?? 0) - 11, head[0]?.end), 'sqlmap/1.8 or');
});

test('segments give the message back, and marks do not overlap', () => {
  const values = fc.constantFrom('or', "' or", '1=1', 'q', '%27', 'sqlmap', '\r\n');
  const targets = fc.constantFrom('ARGS:q', 'REQUEST_HEADERS:User-Agent', 'REQUEST_URI', 'REQUEST_COOKIES:q', 'X');
  fc.assert(
    fc.property(fc.array(fc.record({ value: values, target: targets }), { maxLength: 8 }), (changes) => {
      const { head } = findMarks({ head: HEAD, body: '' }, changes.map(match));
      const segments = segmentsOf(HEAD, head);
      assert.equal(segments.map((segment) => segment.text).join(''), HEAD);
      for (const [index, mark] of head.entries()) assert.ok(mark.start >= (head[index - 1]?.end ?? 0));
    }),
  );
});

test('a long hostile message is searched in bounded time', () => {
  const head = `GET /?q=${'%27'.repeat(5000)} HTTP/1.1\r\n\r\n`;
  const before = performance.now();
  findMarks(
    { head, body: 'a'.repeat(4096) },
    Array.from({ length: 32 }, () => match({ value: "'".repeat(511) + 'x' })),
  );
  assert.ok(performance.now() - before < 2000);
});
