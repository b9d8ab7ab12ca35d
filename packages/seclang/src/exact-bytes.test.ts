import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadRules } from './load/load-rules.ts';

// What rules see of unusual bytes: the table behind "Exact bytes" in docs/seclang.md. All texts are latin1: one character, one byte.

interface Case {
  readonly what: string;
  readonly target?: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly type?: string;
  readonly body?: string;
  /** Targets of the rule that is asked, with transformations after a comma. */
  readonly ask: string;
  /** Target and value of each match, in order. */
  readonly sees: readonly (readonly [target: string, value: string])[];
}

const FORM = 'application/x-www-form-urlencoded';
const PART = 'Content-Disposition: form-data; name=';
const MULTIPART = 'multipart/form-data; boundary=b';

const CASES: readonly Case[] = [
  // Query strings and forms.
  { what: 'a raw byte above 127', target: '/?a=\xff', ask: 'ARGS', sees: [['ARGS:a', '\xff']] },
  { what: 'an escaped byte above 127', target: '/?a=%FF%c3', ask: 'ARGS', sees: [['ARGS:a', '\xff\xc3']] },
  { what: 'NUL', target: '/?a%00b=c%00d', ask: 'ARGS', sees: [['ARGS:a\0b', 'c\0d']] },
  { what: 'an overlong slash', target: '/?a=%c0%af', ask: 'ARGS', sees: [['ARGS:a', '\xc0\xaf']] },
  {
    what: 'an overlong slash, spelt out',
    target: '/?a=%c0%af',
    ask: 'ARGS,t:utf8toUnicode,t:urlDecodeUni',
    sees: [['ARGS:a', '/']],
  },
  { what: 'double encoding is undone once', target: '/?a=%2541', ask: 'ARGS', sees: [['ARGS:a', '%41']] },
  { what: 'and again by a rule', target: '/?a=%2541', ask: 'ARGS,t:urlDecodeUni', sees: [['ARGS:a', 'A']] },
  { what: '%u is not decoded', target: '/?a=%u0041', ask: 'ARGS', sees: [['ARGS:a', '%u0041']] },
  { what: 'but by urlDecodeUni', target: '/?a=%uff1c', ask: 'ARGS,t:urlDecodeUni', sees: [['ARGS:a', '<']] },
  { what: 'escapes that are none stay', target: '/?a=%zz%4', ask: 'ARGS', sees: [['ARGS:a', '%zz%4']] },
  { what: 'and are told', target: '/?a=%zz', ask: 'URLENCODED_ERROR', sees: [['URLENCODED_ERROR', '1']] },
  { what: 'plus is a blank', target: '/?a+b=c+d', ask: 'ARGS', sees: [['ARGS:a b', 'c d']] },
  {
    what: 'duplicate names',
    target: '/?a=1&a=2&A=3',
    ask: 'ARGS:a',
    sees: [
      ['ARGS:a', '1'],
      ['ARGS:a', '2'],
      ['ARGS:A', '3'],
    ],
  },
  {
    what: 'duplicate names in query and form',
    target: '/?a=1',
    type: FORM,
    body: 'a=2',
    ask: 'ARGS',
    sees: [
      ['ARGS:a', '1'],
      ['ARGS:a', '2'],
    ],
  },
  {
    what: 'pieces without name, value or sign',
    target: '/?&&=x&y&z=',
    ask: 'ARGS',
    sees: [
      ['ARGS', 'x'],
      ['ARGS:y', ''],
      ['ARGS:z', ''],
    ],
  },
  { what: 'only the first = separates', target: '/?a=b=c', ask: 'ARGS', sees: [['ARGS:a', 'b=c']] },
  { what: 'a semicolon separates nothing', target: '/?a=1;b=2', ask: 'ARGS', sees: [['ARGS:a', '1;b=2']] },
  {
    what: 'names of objects are names',
    target: '/?__proto__=1&constructor=2',
    ask: 'ARGS_NAMES',
    sees: [
      ['ARGS_NAMES:__proto__', '__proto__'],
      ['ARGS_NAMES:constructor', 'constructor'],
    ],
  },
  {
    what: 'a charset converts nothing',
    type: `${FORM}; charset=utf-16`,
    body: 'a=\0b',
    ask: 'ARGS',
    sees: [['ARGS:a', '\0b']],
  },
  {
    what: 'UTF-7 is text',
    type: `${FORM}; charset=utf-7`,
    body: 'a=%2BADw-',
    ask: 'ARGS',
    sees: [['ARGS:a', '+ADw-']],
  },
  // The path.
  {
    what: 'a path is decoded once',
    target: '/a%2fb%252e?q=%41',
    ask: 'REQUEST_FILENAME',
    sees: [['REQUEST_FILENAME', '/a/b%2e']],
  },
  { what: 'and the target too', target: '/%41?q=%41+b', ask: 'REQUEST_URI', sees: [['REQUEST_URI', '/A?q=A+b']] },
  {
    what: 'the raw one stays',
    target: '/%41?q=%41',
    ask: 'REQUEST_URI_RAW',
    sees: [['REQUEST_URI_RAW', '/%41?q=%41']],
  },
  {
    what: 'dots and slashes stay',
    target: '//a/./../b',
    ask: 'REQUEST_FILENAME',
    sees: [['REQUEST_FILENAME', '//a/./../b']],
  },
  { what: 'a plus in a path', target: '/a+b', ask: 'REQUEST_FILENAME', sees: [['REQUEST_FILENAME', '/a+b']] },
  { what: 'a backslash ends a folder', target: '/a%5cb', ask: 'REQUEST_BASENAME', sees: [['REQUEST_BASENAME', 'b']] },
  { what: 'the absolute form', target: 'http://h:1/a?b', ask: 'REQUEST_FILENAME', sees: [['REQUEST_FILENAME', '/a']] },
  { what: 'a fragment is no argument', target: '/a?b=c#d=e', ask: 'ARGS', sees: [['ARGS:b', 'c']] },
  // Fields.
  {
    what: 'cookies as sent',
    fields: [['Cookie', ' a=%41; a="b";\tc; =d;;e=f=g']],
    ask: 'REQUEST_COOKIES',
    sees: [
      ['REQUEST_COOKIES:a', '%41'],
      ['REQUEST_COOKIES:a', '"b"'],
      ['REQUEST_COOKIES:c', ''],
      ['REQUEST_COOKIES', 'd'],
      ['REQUEST_COOKIES:e', 'f=g'],
    ],
  },
  {
    what: 'two Cookie fields',
    fields: [
      ['cookie', 'a=1'],
      ['COOKIE', 'a=2'],
    ],
    ask: 'REQUEST_COOKIES',
    sees: [
      ['REQUEST_COOKIES:a', '1'],
      ['REQUEST_COOKIES:a', '2'],
    ],
  },
  {
    what: 'a field twice, in any case',
    fields: [
      ['X-A', '\xff'],
      ['x-a', '2'],
    ],
    ask: 'REQUEST_HEADERS:X-a',
    sees: [
      ['REQUEST_HEADERS:X-A', '\xff'],
      ['REQUEST_HEADERS:x-a', '2'],
    ],
  },
  {
    what: 'letters above 127 keep their case',
    target: '/?a=%C9B',
    ask: 'ARGS,t:lowercase',
    sees: [['ARGS:a', '\xc9b']],
  },
  // JSON.
  { what: 'JSON escapes', type: 'json', body: '{"a":"\\u0041\\n\\/"}', ask: 'ARGS', sees: [['ARGS:json.a', 'A\n/']] },
  {
    what: 'JSON beyond ASCII is UTF-8',
    type: 'json',
    body: '{"a":"\\u00e9\\ud83d\\ude00"}',
    ask: 'ARGS',
    sees: [['ARGS:json.a', '\xc3\xa9\xf0\x9f\x98\x80']],
  },
  {
    what: 'half of a pair',
    type: 'json',
    body: '{"a":"\\ud800x"}',
    ask: 'ARGS',
    sees: [['ARGS:json.a', '\xed\xa0\x80x']],
  },
  { what: 'NUL in JSON', type: 'json', body: '{"a":"\\u0000"}', ask: 'ARGS', sees: [['ARGS:json.a', '\0']] },
  {
    what: 'raw bytes in JSON',
    type: 'json',
    body: '{"a":"\xff\xc0\xaf"}',
    ask: 'ARGS',
    sees: [['ARGS:json.a', '\xff\xc0\xaf']],
  },
  {
    what: 'a member twice',
    type: 'json',
    body: '{"a":1,"a":[true,null]}',
    ask: 'ARGS',
    sees: [
      ['ARGS:json.a', '1'],
      ['ARGS:json.a', ''],
      ['ARGS:json.a.array_0', 'true'],
      ['ARGS:json.a.array_1', ''],
    ],
  },
  {
    what: 'JSON behind a byte order mark',
    type: 'json',
    body: '\xef\xbb\xbf{"a":1}',
    ask: 'ARGS',
    sees: [['ARGS:json.a', '1']],
  },
  { what: 'what is no JSON', type: 'json', body: "{'a':1}", ask: 'REQBODY_ERROR', sees: [['REQBODY_ERROR', '1']] },
  { what: 'what came before the mistake', type: 'json', body: '{"a":1,}', ask: 'ARGS', sees: [['ARGS:json.a', '1']] },
  // Multipart.
  {
    what: 'parts are bytes',
    type: MULTIPART,
    body: `--b\r\n${PART}"a%41"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+ADw-\xff\0\r\n--b--\r\n`,
    ask: 'ARGS_POST',
    sees: [['ARGS_POST:a%41', '+ADw-\xff\0']],
  },
  {
    what: 'a part twice',
    type: MULTIPART,
    body: `--b\r\n${PART}"a"\r\n\r\n1\r\n--b\r\n${PART}"a"\r\n\r\n2\r\n--b--\r\n`,
    ask: 'ARGS_POST',
    sees: [
      ['ARGS_POST:a', '1'],
      ['ARGS_POST:a', '2'],
    ],
  },
  {
    what: 'a file name as sent',
    type: MULTIPART,
    body: `--b\r\n${PART}"a"; filename="..\\\\x\0.%70hp"\r\n\r\n1\r\n--b--\r\n`,
    ask: 'FILES',
    sees: [['FILES:a', '..\\x\0.%70hp']],
  },
  {
    what: 'an extended file name beside the plain one',
    type: MULTIPART,
    body: `--b\r\n${PART}"a"; filename*=utf-8''b%2ephp; filename="a.txt"\r\n\r\n1\r\n--b--\r\n`,
    ask: 'FILES',
    sees: [
      ['FILES:a', 'a.txt'],
      ['FILES:a', 'b.php'],
    ],
  },
  // XML.
  {
    what: 'references become UTF-8',
    type: 'xml',
    body: '<a>&#xe9;&lt;&x;</a>',
    ask: 'XML:/*',
    sees: [['XML:/*', '\xc3\xa9<&x;']],
  },
  {
    what: 'UTF-16 is refused',
    type: 'xml',
    body: '\xff\xfe<\0a\0/\0>\0',
    ask: 'REQBODY_ERROR',
    sees: [['REQBODY_ERROR', '1']],
  },
];

const PROCESSORS = `
SecRule REQUEST_HEADERS:Content-Type "@streq json" "id:1,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQUEST_HEADERS:Content-Type "@streq xml" "id:2,phase:1,pass,nolog,ctl:requestBodyProcessor=XML"
`;

function seen({ ask, target = '/', fields = [], type, body }: Case): string[][] {
  const [variables = '', ...steps] = ask.split(',');
  const rules = `${PROCESSORS}SecRule ${variables} "@unconditionalMatch" "id:3,phase:2,pass,log,${['t:none', ...steps].join(',')}"`;
  const loaded = loadRules({ files: new Map([['a.conf', rules]]), entry: ['a.conf'] });
  assert.ok(loaded.ok, ask);
  const transaction = loaded.ruleSet.begin(
    { clientAddress: '192.0.2.1', clientPort: 1, serverAddress: '192.0.2.2', serverPort: 2, engine: 'on' },
    { nowMicros: 0, uniqueId: 'x' },
  );
  const content = type === undefined ? [] : ([['Content-Type', type]] as const);
  transaction.requestHead({ method: 'POST', target, protocol: 'HTTP/1.1', fields: [...fields, ...content] });
  transaction.requestBody(body ?? '', true);
  return transaction.log().matches.flatMap((match) => match.places.map((place) => [place.target, place.value]));
}

test('rules see exact bytes', () => {
  for (const row of CASES) assert.deepEqual(seen(row), row.sees, row.what);
  assert.equal(CASES.length, 47);
});
