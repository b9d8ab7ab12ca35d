import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ENGINE_CONFIGURATION } from '../index.ts';
import { exchange, matchedIds, ruleSetOfText, type Exchange } from './trial.ts';

type Case = readonly [name: string, rules: string, given: Exchange, expected: readonly number[]];

const QUERY: Exchange = { target: '/a/b.php?q=One&q=two&Name=x&empty=' };
const FIELDS: Exchange = {
  fields: [
    ['Host', 'h'],
    ['X-A', '1'],
    ['x-b', '2'],
    ['Cookie', 'sid=1; _ga=GA1; t=a=b'],
  ],
};

const SELECTORS: readonly Case[] = [
  ['all members', 'SecRule ARGS "@streq two" "id:1"', QUERY, [1]],
  ['a key in another case', 'SecRule ARGS:NAME "@streq x" "id:1"', QUERY, [1]],
  ['another key', 'SecRule ARGS:nam "@streq x" "id:1"', QUERY, []],
  ['a pattern', 'SecRule ARGS:/^NA/ "@streq x" "id:1"', QUERY, [1]],
  ['names', 'SecRule ARGS_NAMES "@streq empty" "id:1"', QUERY, [1]],
  [
    'a count',
    'SecRule &ARGS "@eq 4" "id:1"\nSecRule &ARGS:q "@eq 2" "id:2"\nSecRule &ARGS:/^q|n/ "@eq 3" "id:3"',
    QUERY,
    [1, 2, 3],
  ],
  ['a count of nothing', 'SecRule &ARGS:none "@eq 0" "id:1"\nSecRule &TX:none "@eq 0" "id:2"', QUERY, [1, 2]],
  ['an exclusion', 'SecRule ARGS|!ARGS:q "@rx ." "id:1"\nSecRule ARGS|!ARGS:q|!ARGS:name "@rx ." "id:2"', QUERY, [1]],
  ['an exclusion by pattern', 'SecRule REQUEST_COOKIES|!REQUEST_COOKIES:/^_GA/ "@streq GA1" "id:1"', FIELDS, []],
  [
    'cookies',
    'SecRule REQUEST_COOKIES:t "@streq a=b" "id:1"\nSecRule REQUEST_COOKIES_NAMES "@streq _ga" "id:2"',
    FIELDS,
    [1, 2],
  ],
  [
    'headers',
    'SecRule REQUEST_HEADERS:x-a "@streq 1" "id:1"\nSecRule REQUEST_HEADERS_NAMES "@streq X-A" "id:2"',
    FIELDS,
    [1, 2],
  ],
  ['an absent value, negated', 'SecRule REQUEST_HEADERS:none "!@rx a" "id:1"', FIELDS, []],
];

const VARIABLES: readonly Case[] = [
  [
    'file name',
    'SecRule REQUEST_FILENAME "@streq /a/b.php" "id:1"\nSecRule REQUEST_BASENAME "@streq b.php" "id:2"',
    QUERY,
    [1, 2],
  ],
  [
    'raw and decoded target',
    'SecRule REQUEST_URI_RAW "@streq /%41?x=%42" "id:1"\nSecRule REQUEST_URI "@streq /A?x=B" "id:2"',
    { target: '/%41?x=%42' },
    [1, 2],
  ],
  [
    'absolute target',
    'SecRule REQUEST_URI "@streq /p?a=1" "id:1"\nSecRule ARGS:a "@eq 1" "id:2"',
    { target: 'http://h:80/p?a=1' },
    [1, 2],
  ],
  ['request line', 'SecRule REQUEST_LINE "@streq GET /x HTTP/1.1" "id:1"', { target: '/x' }, [1]],
  [
    'time',
    'SecRule TIME_YEAR "@eq 2023" "id:1"\nSecRule TIME_EPOCH "@eq 1700000000" "id:2"\nSecRule TIME "@streq 22:13:20" "id:3"',
    {},
    [1, 2, 3],
  ],
  ['addresses', 'SecRule REMOTE_ADDR "@ipMatch 192.0.2.0/24" "id:1"\nSecRule SERVER_PORT "@eq 443" "id:2"', {}, [1, 2]],
  [
    'answer',
    'SecRule RESPONSE_STATUS "@eq 500" "id:1,phase:3"\nSecRule RESPONSE_HEADERS:x-p "@streq y" "id:2,phase:3"',
    { status: 500, responseFields: [['X-P', 'y']] },
    [1, 2],
  ],
  [
    'answer body',
    'SecResponseBodyAccess On\nSecRule RESPONSE_BODY "leak" "id:1,phase:4"',
    { responseBody: 'a leak' },
    [1],
  ],
  [
    'answer body of another type',
    'SecResponseBodyAccess On\nSecRule RESPONSE_BODY "leak" "id:1,phase:4"',
    { responseBody: 'a leak', responseFields: [['Content-Type', 'image/png']] },
    [],
  ],
  [
    'a form',
    'SecRule ARGS_POST:a "@streq b c" "id:1,phase:2"\nSecRule REQUEST_BODY "@streq a=b+c" "id:2,phase:2"',
    { fields: [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']], body: 'a=b+c' },
    [1, 2],
  ],
  ['bad escapes', 'SecRule URLENCODED_ERROR "@eq 1" "id:1"', { target: '/?a=%zz' }, [1]],
  [
    'user',
    'SecRule REMOTE_USER "@streq ann" "id:1"\nSecRule AUTH_TYPE "@streq Basic" "id:2"',
    { fields: [['Authorization', 'Basic YW5uOnNlY3JldA==']] },
    [1, 2],
  ],
];

const FLOW: readonly Case[] = [
  ['a chain', 'SecRule ARGS:q "One" "id:1,chain"\nSecRule ARGS:name "x"', QUERY, [1]],
  ['a broken chain', 'SecRule ARGS:q "One" "id:1,chain"\nSecRule ARGS:name "y"', QUERY, []],
  [
    'setvar in the first link counts although the chain breaks',
    'SecRule ARGS:q "One" "id:1,nolog,setvar:tx.a=1,chain"\nSecRule ARGS:name "y"\nSecRule TX:a "@eq 1" "id:2"',
    QUERY,
    [2],
  ],
  [
    'matched variables in a chain',
    'SecRule ARGS "^(?:x|two)$" "id:1,chain"\nSecRule MATCHED_VARS "^x$" "chain"\nSecRule MATCHED_VARS_NAMES "^ARGS:Name$" ""',
    QUERY,
    [1],
  ],
  [
    'captures',
    'SecRule ARGS:q "^(O)(n)(z)?" "id:1,capture,chain"\nSecRule TX:2 "@streq n" "chain"\nSecRule &TX:3 "@eq 0"',
    QUERY,
    [1],
  ],
  ['skipAfter', 'SecAction "id:1,nolog,skipAfter:END"\nSecAction "id:2"\nSecMarker "END"\nSecAction "id:3"', {}, [3]],
  [
    'skipAfter in another phase',
    'SecAction "id:1,phase:1,nolog,skipAfter:END"\nSecAction "id:2,phase:2"\nSecMarker END\nSecAction "id:3,phase:1"',
    {},
    [3, 2],
  ],
  ['skip', 'SecAction "id:1,nolog,skip:2"\nSecAction "id:2"\nSecAction "id:3"\nSecAction "id:4"', {}, [4]],
  [
    'deny stops, phase 5 still runs',
    'SecAction "id:1,phase:1,deny"\nSecAction "id:2,phase:1"\nSecAction "id:3,phase:2"\nSecAction "id:4,phase:5"',
    {},
    [1, 4],
  ],
  ['detection only', 'SecAction "id:1,phase:1,deny"\nSecAction "id:2,phase:2"', { engine: 'detect' }, [1, 2]],
  ['off', 'SecAction "id:1,phase:1,deny"', { engine: 'off' }, []],
  [
    'allow',
    'SecAction "id:1,phase:1,allow"\nSecAction "id:2,phase:2"\nSecAction "id:3,phase:3"\nSecAction "id:4,phase:5"',
    {},
    [1, 4],
  ],
  [
    'allow the phase',
    'SecAction "id:1,phase:1,allow:phase"\nSecAction "id:2,phase:1"\nSecAction "id:3,phase:2"',
    {},
    [1, 3],
  ],
  [
    'allow the request',
    'SecAction "id:1,phase:1,allow:request"\nSecAction "id:2,phase:2"\nSecAction "id:3,phase:3"',
    {},
    [1, 3],
  ],
  [
    'default actions',
    'SecDefaultAction "phase:2,deny,log,t:lowercase"\nSecRule ARGS:q "@streq one" "id:1,phase:2"\nSecAction "id:2,phase:2"',
    QUERY,
    [1],
  ],
  [
    't:none undoes the default',
    'SecDefaultAction "phase:2,pass,log,t:lowercase"\nSecRule ARGS:q "@streq One" "id:1,phase:2,t:none"',
    QUERY,
    [1],
  ],
  [
    'multiMatch',
    'SecRule ARGS:q "@rx ^(?:One|one)$" "id:1,phase:2,multiMatch,t:lowercase,nolog,setvar:tx.n=+1"\nSecRule TX:n "@eq 2" "id:2"',
    QUERY,
    [2],
  ],
];

const SETVAR: readonly Case[] = [
  [
    'set and add',
    'SecAction "id:1,nolog,setvar:tx.a=5,setvar:tx.A=+3,setvar:tx.b=%{tx.a}"\nSecRule TX:b "@eq 8" "id:2"',
    {},
    [2],
  ],
  [
    'subtract',
    'SecAction "id:1,nolog,setvar:tx.a=5,setvar:tx.a=-%{tx.none}7"\nSecRule TX:a "@streq -2" "id:2"',
    {},
    [2],
  ],
  ['no value is 1', 'SecAction "id:1,nolog,setvar:tx.a"\nSecRule TX:a "@streq 1" "id:2"', {}, [2]],
  ['delete', 'SecAction "id:1,nolog,setvar:tx.a=1,setvar:!tx.a"\nSecRule &TX:a "@eq 0" "id:2"', {}, [2]],
  [
    'macro in the name',
    'SecAction "id:1,nolog,setvar:tx.k=Z,setvar:\'tx.n_%{tx.k}=1\'"\nSecRule TX:n_z "@eq 1" "id:2"',
    {},
    [2],
  ],
  ['once for each value', 'SecRule ARGS:q "." "id:1,nolog,setvar:tx.n=+1"\nSecRule TX:n "@eq 2" "id:2"', QUERY, [2]],
  [
    'macros of the match',
    'SecRule ARGS:name "x" "id:1,nolog,setvar:\'tx.a=%{MATCHED_VAR_NAME}=%{matched_var}/%{rule.id}/%{args.name}\'"\nSecRule TX:a "@streq ARGS:Name=x/1/x" "id:2"',
    QUERY,
    [2],
  ],
  [
    'an operator with a macro',
    'SecAction "id:1,nolog,setvar:\'tx.allowed=GET HEAD\'"\nSecRule REQUEST_METHOD "@within %{tx.allowed}" "id:2"',
    {},
    [2],
  ],
];

const CTL: readonly Case[] = [
  [
    'rule by id',
    'SecAction "id:1,phase:1,nolog,ctl:ruleRemoveById=2-3"\nSecAction "id:2"\nSecAction "id:3"\nSecAction "id:4"',
    {},
    [4],
  ],
  [
    'rule by tag',
    'SecAction "id:1,phase:1,nolog,ctl:ruleRemoveByTag=attack"\nSecAction "id:2,tag:\'attack-x\'"\nSecAction "id:3"',
    {},
    [3],
  ],
  [
    'target by id',
    'SecAction "id:1,phase:1,nolog,ctl:ruleRemoveTargetById=2;ARGS:q"\nSecRule ARGS "One" "id:2"\nSecRule ARGS "One" "id:3"',
    QUERY,
    [3],
  ],
  [
    'target by tag and pattern',
    'SecAction "id:1,phase:1,nolog,ctl:ruleRemoveTargetByTag=t;ARGS:/^Q$/"\nSecRule ARGS "One|x" "id:2,tag:t"\nSecRule ARGS "One" "id:3,tag:t"',
    QUERY,
    [2],
  ],
  ['engine off', 'SecAction "id:1,phase:1,nolog,ctl:ruleEngine=Off"\nSecAction "id:2"', {}, []],
  [
    'detection only',
    'SecAction "id:1,phase:1,nolog,ctl:ruleEngine=DetectionOnly"\nSecAction "id:2,deny"\nSecAction "id:3"',
    {},
    [2, 3],
  ],
  [
    'processor',
    'SecAction "id:1,phase:1,nolog,ctl:requestBodyProcessor=JSON"\nSecRule ARGS:json.a "@streq b" "id:2"',
    { body: '{"a":"b"}' },
    [2],
  ],
  [
    'name of a list',
    `SecAction "id:1,phase:1,nolog,ctl:requestBodyProcessor=JSON"
SecRule ARGS_NAMES "@rx __in$" "id:2"
SecRule ARGS_NAMES "@rx __not$" "id:3"
SecRule ARGS:json.a__in "!@rx ^[0-9]+$" "id:4"`,
    { body: '{"a__in":["1"],"b":["c__not"]}' },
    [2, 4],
  ],
  [
    'body variable',
    'SecAction "id:1,phase:1,nolog,ctl:requestBodyProcessor=JSON,ctl:forceRequestBodyVariable=On"\nSecRule REQUEST_BODY "a" "id:2"',
    { body: '{"a":"b"}' },
    [2],
  ],
  [
    'an update of targets',
    'SecRule ARGS "One" "id:2"\nSecRule REQUEST_URI "zz" "id:3"\nSecRuleUpdateTargetById 2 "!ARGS:q"\nSecRuleUpdateTargetById 3 "ARGS"',
    { target: '/?q=One&r=zz' },
    [3],
  ],
  [
    'an update of actions',
    'SecAction "id:2,phase:1,deny"\nSecAction "id:3"\nSecRuleUpdateActionById 2 "pass,t:none"',
    {},
    [2, 3],
  ],
];

for (const [name, cases, count] of [
  ['selectors', SELECTORS, 12],
  ['variables', VARIABLES, 12],
  ['flow', FLOW, 17],
  ['setvar', SETVAR, 8],
  ['ctl and updates', CTL, 11],
] as const) {
  test(name, () => {
    for (const [title, rules, given, expected] of cases) assert.deepEqual(matchedIds(rules, given), expected, title);
    assert.equal(cases.length, count);
  });
}

test('a match shows where it was, what each step did and which bytes were meant', () => {
  const rules = ruleSetOfText(
    "SecRule ARGS:q \"@rx evil\" \"id:7,phase:2,capture,t:none,t:urlDecodeUni,t:lowercase,severity:CRITICAL,tag:'a/%{tx.0}',ver:'v1',\\\n" +
      "msg:'found %{TX.0}',logdata:'in %{MATCHED_VAR_NAME}',setvar:tx.inbound_anomaly_score_pl1=+5,deny,status:406\"",
  );
  const outcome = exchange(rules, { target: '/?q=an%2545VIL' });
  const [match] = outcome.matches;
  assert.deepEqual(match?.places, [
    {
      target: 'ARGS:q',
      value: 'anevil',
      span: [2, 6],
      steps: [
        { transformation: 'urlDecodeUni', before: 'an%45VIL', after: 'anEVIL' },
        { transformation: 'lowercase', before: 'anEVIL', after: 'anevil' },
      ],
      detail: undefined,
    },
  ]);
  assert.deepEqual(
    [
      match.message,
      match.logdata,
      match.severity,
      match.tags,
      match.version,
      match.score,
      match.file,
      match.line,
      match.disruptive,
    ],
    ['found evil', 'in ARGS:q', 2, ['a/evil'], 'v1', 5, 'test.conf', 1, true],
  );
  assert.deepEqual([outcome.decision.kind, outcome.inboundScore], ['deny', 5]);
  assert.ok(outcome.decision.kind === 'deny' && outcome.decision.status === 406 && outcome.decision.rule === match);
});

test('a redirect names its place, a drop has none', () => {
  const redirect = exchange(
    ruleSetOfText('SecAction "id:1,phase:1,status:307,redirect:\'https://h/%{request_basename}\'"'),
    QUERY,
  ).decision;
  assert.ok(redirect.kind === 'redirect');
  assert.deepEqual([redirect.status, redirect.location], [307, 'https://h/b.php']);
  assert.equal(exchange(ruleSetOfText('SecAction "id:1,phase:1,drop"'), {}).decision.kind, 'drop');
});

test('persistent collections are read as data, and changes come out as data', () => {
  const rules = ruleSetOfText(
    'SecAction "id:1,phase:1,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+2,setvar:ip.seen=yes,setvar:!ip.old,expirevar:ip.seen=60"\n' +
      'SecRule IP:count "@eq 5" "id:2,phase:2"\nSecRule &IP:old "@eq 0" "id:3,phase:2"\nSecAction "id:4,phase:2,nolog,setvar:global.x=1"',
  );
  const read = (collection: string, key: string) =>
    new Map([
      ['count', '3'],
      ['old', `${collection}/${key}`],
    ]);
  const outcome = exchange(rules, { environment: { collections: { read } } });
  assert.deepEqual(
    outcome.matches.map((match) => match.ruleId),
    [2, 3],
  );
  const about = { collection: 'ip', key: '192.0.2.7' };
  assert.deepEqual(outcome.collectionChanges, [
    { ...about, name: 'count', change: { kind: 'add', by: 2 } },
    { ...about, name: 'seen', change: { kind: 'set', value: 'yes' } },
    { ...about, name: 'old', change: { kind: 'remove' } },
    { ...about, name: 'seen', change: { kind: 'expire', afterSeconds: 60 } },
  ]);
});

test('a WebSocket message is an argument, its JSON members are too, and an answer is a body', () => {
  const rules = ruleSetOfText(
    'SecRule ARGS:message "@contains evil" "id:1,phase:2"\nSecRule ARGS:json.a.array_1 "@streq evil" "id:2,phase:2"\nSecRule RESPONSE_BODY "leak" "id:3,phase:4"\nSecRule REQUEST_BODY_LENGTH "@gt 0" "id:4,phase:2"',
  );
  const begin = () =>
    rules.begin(
      { clientAddress: '', clientPort: 1, serverAddress: '', serverPort: 1, engine: 'on' },
      { nowMicros: 0, uniqueId: '' },
    );
  const sent = begin();
  sent.requestHead({ method: 'GET', target: '/chat', protocol: 'HTTP/1.1', fields: [] });
  sent.message('{"a":["b","evil"]}', 'request');
  assert.deepEqual(
    sent.log().matches.map((match) => match.ruleId),
    [1, 2],
  );
  const received = begin();
  received.message('a leak', 'response');
  assert.deepEqual(
    received.log().matches.map((match) => match.ruleId),
    [3],
  );
});

test('work above the budget ends the evaluation, says so, and blocks nothing by itself', () => {
  const rules = ruleSetOfText('SecRule ARGS "@contains zz" "id:1,phase:2,t:lowercase"\nSecAction "id:2,phase:3,deny"');
  const outcome = exchange(rules, { target: `/?q=${'A'.repeat(5000)}`, environment: { workBudget: 2000 } });
  assert.equal(outcome.decision.kind, 'overBudget');
  assert.deepEqual(outcome.matches, []);
  assert.equal(exchange(rules, { target: '/?q=A', environment: { workBudget: 2000 } }).decision.kind, 'deny');
});

test('scores come from the blocking scores, and else from the points of the levels that block', () => {
  const points =
    'setvar:tx.inbound_anomaly_score_pl1=+3,setvar:tx.inbound_anomaly_score_pl2=+5,setvar:tx.inbound_anomaly_score_threshold=5';
  const score = (text: string) => exchange(ruleSetOfText(text), {}).inboundScore;
  assert.equal(score(`SecAction "id:1,${points}"`), 3);
  assert.equal(score(`SecAction "id:1,${points},setvar:tx.blocking_paranoia_level=2"`), 8);
  assert.equal(score(`SecAction "id:1,${points},setvar:tx.blocking_inbound_anomaly_score=20"`), 20);
  const outcome = exchange(ruleSetOfText(`SecAction "id:1,nolog,${points}"`), {});
  assert.deepEqual([outcome.matches[0]?.score, outcome.matches[0]?.logged, outcome.inboundThreshold], [8, false, 5]);
});

const REFUSED: readonly (readonly [name: string, given: Exchange, rule: number])[] = [
  ['broken JSON', { fields: [['Content-Type', 'application/json']], body: '{"a":' }, 200_002],
  ['broken XML', { fields: [['Content-Type', 'text/xml']], body: '<a><b></a>' }, 200_002],
  [
    'a multipart body with data before it',
    {
      fields: [['Content-Type', 'multipart/form-data; boundary=b']],
      body: 'x\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
    },
    200_003,
  ],
  [
    'a long body without files',
    { fields: [['Content-Type', 'application/json']], body: `"${'x'.repeat(131_072)}"` },
    200_002,
  ],
  ['too many arguments', { target: `/?${'a&'.repeat(1500)}` }, 200_007],
];

test('the engine configuration refuses what was not understood', () => {
  const rules = ruleSetOfText(ENGINE_CONFIGURATION);
  for (const [name, given, rule] of REFUSED) {
    const { decision } = exchange(rules, given);
    assert.ok(decision.kind === 'deny' && decision.rule.ruleId === rule, name);
  }
  assert.equal(REFUSED.length, 5);
  const fine = exchange(rules, { fields: [['Content-Type', 'application/json; charset=utf-8']], body: '{"a":1}' });
  assert.equal(fine.decision.kind, 'continue');
});

test('a body of which only the beginning was given is no error of the client', () => {
  const rules = ruleSetOfText(`${ENGINE_CONFIGURATION}\nSecRule ARGS:json.a "@streq evil" "id:1,phase:2"`);
  const given = { fields: [['Content-Type', 'application/json']] as const, body: '{"a":"evil","b":"' };
  assert.deepEqual(
    exchange(rules, { ...given, complete: false }).matches.map((match) => match.ruleId),
    [1],
  );
  assert.equal(exchange(rules, { ...given, complete: true }).decision.kind, 'deny');
});

test('no bytes make a transaction throw or fail a rule, and the same bytes give the same outcome', () => {
  const rules = ruleSetOfText(
    `${ENGINE_CONFIGURATION}\nSecRule ARGS|ARGS_NAMES|REQUEST_COOKIES|REQUEST_HEADERS|FILES|MULTIPART_PART_HEADERS|XML:/*|XML://@*|REQUEST_BODY|FULL_REQUEST \\\n` +
      '"@rx [a-c](\\W)" "id:1,phase:2,capture,multiMatch,t:urlDecodeUni,t:htmlEntityDecode,t:lowercase,logdata:\'%{TX.1}%{MATCHED_VAR}\',\\\nsetvar:\'tx.%{MATCHED_VAR}=+1\',initcol:ip=%{MATCHED_VAR},setvar:ip.x=+1"',
  );
  const bytes = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 200,
  });
  const type = fc.constantFrom(
    'application/json',
    'text/xml',
    'multipart/form-data; boundary=b',
    'application/x-www-form-urlencoded',
    'x/y',
  );
  const piece = fc.constantFrom(
    '--b',
    '\r\n',
    '\n',
    '"',
    '{',
    '[',
    ':',
    ',',
    '<',
    '>',
    '/',
    '&#',
    '=',
    'Content-Disposition: form-data; name="a"',
    '--',
    '\\u',
    '<!',
    'a ',
  );
  const body = fc.oneof(
    bytes,
    fc.array(fc.oneof(piece, bytes), { maxLength: 30 }).map((pieces) => pieces.join('')),
  );
  fc.assert(
    fc.property(bytes, bytes, type, body, (target, cookie, contentType, text) => {
      const given: Exchange = {
        target,
        fields: [
          ['Content-Type', contentType],
          ['Cookie', cookie],
        ],
        body: text,
      };
      const first = exchange(rules, given);
      assert.deepEqual(first.failures, []);
      // What a lazily built automaton costs depends on what it has seen; the answer must not.
      assert.deepEqual({ ...exchange(rules, given), workUsed: first.workUsed }, first);
    }),
    { numRuns: 300 },
  );
});

test('a rule that fails is told after its phase, and the other rules go on', () => {
  const rules = ruleSetOfText('SecRule ARGS:q "@rx %{args.p}" "id:1,phase:1"\nSecAction "id:2,phase:1"');
  const transaction = rules.begin(
    { clientAddress: '', clientPort: 1, serverAddress: '', serverPort: 1, engine: 'on' },
    { nowMicros: 0, uniqueId: '' },
  );
  transaction.requestHead({ method: 'GET', target: '/?q=a&p=(', protocol: 'HTTP/1.1', fields: [] });
  assert.deepEqual(
    transaction.failures.map(({ ruleId }) => ruleId),
    [1],
  );
  assert.deepEqual(
    transaction.log().matches.map(({ ruleId }) => ruleId),
    [2],
  );
});
