import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { RuleSet } from '../api.ts';
import { ruleSetOfText } from '../transaction/trial.ts';
import { parseExclusion } from './exclusion.ts';
import { explain } from './explain.ts';
import type { Explanation, ExplainedExchange, ExplainInput } from './explanation.ts';

const SCORING = String.raw`
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/html
SecAction "id:1,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=1,setvar:tx.detection_paranoia_level=2,\
setvar:tx.inbound_anomaly_score_threshold=5,setvar:tx.outbound_anomaly_score_threshold=4"
SecRule REQUEST_FILENAME "@streq /healthy" "id:2,phase:1,pass,nolog,ctl:ruleRemoveById=102,ctl:ruleRemoveTargetById=101;ARGS:q"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 1" "id:10,phase:2,pass,nolog,skipAfter:END-1"
SecRule ARGS "@rx (?i)union\s+select" "id:101,phase:2,pass,log,capture,t:none,t:urlDecodeUni,t:lowercase,t:removeNulls,msg:'Union',\
tag:'paranoia-level/1',severity:CRITICAL,setvar:'tx.inbound_anomaly_score_pl1=+5'"
SecRule ARGS|REQUEST_HEADERS:User-Agent "@pm sqlmap select" "id:102,phase:2,pass,log,msg:'Words',tag:'paranoia-level/1',\
setvar:'tx.inbound_anomaly_score_pl1=+3'"
SecRule REQUEST_COOKIES "@rx never" "id:103,phase:2,pass,log,msg:'Cookie'"
SecRule ARGS "@rx long_literal_that_is_absent" "id:104,phase:2,pass,log,msg:'Absent'"
SecRule ARGS:q "@rx ." "id:105,phase:2,pass,log,msg:'Chain',chain"
  SecRule ARGS:z "@rx ." ""
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 2" "id:20,phase:2,pass,nolog,skipAfter:END-2"
SecRule ARGS "@rx select" "id:201,phase:2,pass,log,msg:'Level 2',tag:'paranoia-level/2',setvar:'tx.inbound_anomaly_score_pl2=+5'"
SecMarker END-1
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 3" "id:30,phase:2,pass,nolog,skipAfter:END-2"
SecRule ARGS "@rx select" "id:301,phase:2,pass,log,msg:'Level 3',tag:'paranoia-level/3'"
SecMarker END-2
SecAction "id:901,phase:2,pass,nolog,setvar:tx.blocking_inbound_anomaly_score=%{tx.inbound_anomaly_score_pl1}"
SecRule TX:BLOCKING_INBOUND_ANOMALY_SCORE "@ge %{tx.inbound_anomaly_score_threshold}" "id:949110,phase:2,deny,status:403,log,msg:'Over'"
SecRule RESPONSE_BODY "@contains secret" "id:401,phase:4,deny,status:502,log,msg:'Leak'"
`;

const FACTS = { clientAddress: '192.0.2.7', clientPort: 4000, serverAddress: '192.0.2.1', serverPort: 443 } as const;
const scoring = ruleSetOfText(SCORING);

function exchangeOf(target: string, more: Partial<ExplainedExchange> = {}): ExplainedExchange {
  const head = { method: 'GET', target, protocol: 'HTTP/1.1', fields: [['Host', 'shop.example'] as const] };
  return { request: { head, body: '', complete: true }, ...more };
}

function explained(ruleSet: RuleSet, exchange: ExplainedExchange, more: Partial<ExplainInput> = {}): Explanation {
  return explain({
    ruleSet,
    facts: { ...FACTS, engine: 'on' },
    environment: { nowMicros: 1_700_000_000_000_000, uniqueId: 'id-1' },
    exchange,
    ...more,
  });
}

const ATTACK = '/search?q=1%2500%2555NION%2520select&r=2';

describe('explain', () => {
  const attack = explained(scoring, exchangeOf(ATTACK));
  const fate = (explanation: Explanation, id: number) => explanation.rules.find(({ ruleId }) => ruleId === id);

  it('says what became of the request', () => {
    assert.deepEqual(attack.verdict, { kind: 'deny', status: 403, ruleId: 949110, phase: 2, message: 'Over' });
    assert.deepEqual(attack.enforced, attack.verdict);
    assert.deepEqual(attack.failures, []);
  });

  it('shows the span before and after each transformation', () => {
    const [place] = attack.matches.find(({ ruleId }) => ruleId === 101)?.places ?? [];
    assert.ok(place);
    const shown = ({ text, span }: { text: string; span: readonly [number, number] | undefined }) =>
      span && text.slice(...span);
    assert.equal(place.target, 'ARGS:q');
    assert.equal(shown(place.original), '%55NION%20select');
    assert.deepEqual(
      place.steps.map((step) => [step.transformation, step.changed, step.after && shown(step.after)]),
      [
        ['urlDecodeUni', true, 'UNION select'],
        ['lowercase', true, 'union select'],
        ['removeNulls', true, 'union select'],
      ],
    );
    assert.equal(shown(place.value), 'union select');
    assert.ok(place.original.exact);
  });

  it('adds up the points, those of a level that does not block apart', () => {
    assert.deepEqual(
      attack.ladder.map(({ ruleId, points, total, threshold, paranoiaLevel, counts }) => [
        ruleId,
        points,
        total,
        threshold,
        paranoiaLevel,
        counts,
      ]),
      [
        [101, 5, 5, 5, 1, true],
        [102, 3, 8, 5, 1, true],
        [201, 5, 8, 5, 2, false],
      ],
    );
    assert.deepEqual(attack.scores, {
      inbound: 8,
      inboundThreshold: 5,
      outbound: 0,
      outboundThreshold: 4,
      blockingLevel: 1,
      detectionLevel: 2,
    });
  });

  it('says of every rule what became of it', () => {
    const told = attack.rules.map(({ ruleId, state, reason, byRule }) => [ruleId, state, reason, byRule]);
    assert.deepEqual(told, [
      [1, 'matched', undefined, undefined],
      [2, 'noMatch', undefined, undefined],
      [10, 'noMatch', undefined, undefined],
      [101, 'matched', undefined, undefined],
      [102, 'matched', undefined, undefined],
      [103, 'noValue', undefined, undefined],
      [104, 'prefilter', undefined, undefined],
      [105, 'noValue', undefined, undefined],
      [20, 'noMatch', undefined, undefined],
      [201, 'matched', undefined, undefined],
      [30, 'matched', undefined, undefined],
      [301, 'skipped', 'paranoia', 30],
      [901, 'matched', undefined, undefined],
      [949110, 'matched', undefined, undefined],
      [401, 'notReached', 'disrupted', undefined],
    ]);
    assert.equal(fate(attack, 301)?.paranoiaLevel, 3);
    assert.equal(fate(attack, 105)?.brokenAt, 2);
    assert.match(fate(attack, 104)?.needs?.oneOf[0] ?? '', /^long_literal/);
    assert.equal(fate(attack, 104)?.values, 2);
    const sum = Object.values(attack.counts).reduce((all, count) => all + count, 0);
    assert.equal(sum, attack.rules.length);
  });

  it('names the rule that took another one or its target away', () => {
    const healthy = explained(scoring, exchangeOf('/healthy?q=union%20select'));
    assert.deepEqual(
      [fate(healthy, 102)?.state, fate(healthy, 102)?.reason, fate(healthy, 102)?.byRule],
      ['skipped', 'removedById', 2],
    );
    assert.deepEqual(fate(healthy, 101)?.withoutTargets, ['ARGS:q']);
    assert.equal(healthy.verdict.kind, 'continue');
    assert.deepEqual(healthy.counterfactuals, []);
  });

  it('names the rules that a directive took away', () => {
    const without = explained(ruleSetOfText(`${SCORING}\nSecRuleRemoveById 101`), exchangeOf(ATTACK));
    assert.deepEqual(without.removed, [{ ruleId: 101, directive: 'SecRuleRemoveById' }]);
    assert.equal(fate(without, 101), undefined);
    assert.equal(without.verdict.kind, 'continue');
  });

  it('says that without an answer its phases did not take place', () => {
    const only = explained(scoring, exchangeOf('/'));
    assert.equal(fate(only, 401)?.reason, 'noAnswer');
    const head = { status: 200, protocol: 'HTTP/1.1', fields: [['Content-Type', 'text/html'] as const] };
    const whole = explained(scoring, exchangeOf('/', { response: { head, body: 'a secret', complete: true } }));
    assert.equal(fate(whole, 401)?.state, 'matched');
    assert.equal(whole.verdict.status, 502);
    assert.deepEqual(whole.counterfactuals[0]?.exclusions, [{ ruleId: 401, target: 'RESPONSE_BODY' }]);
  });

  it('says in mode detect what would happen if it were on', () => {
    const detected = explained(scoring, exchangeOf(ATTACK), { facts: { ...FACTS, engine: 'detect' } });
    assert.equal(detected.verdict.kind, 'continue');
    assert.equal(detected.enforced.kind, 'deny');
    assert.ok(detected.counterfactuals.some(({ passes }) => passes));
  });

  it('ends within its budget, and says what it did not try', () => {
    const some = explained(scoring, exchangeOf(ATTACK), { maxCounterfactuals: 2 });
    assert.equal(some.counterfactuals.length, 2);
    assert.ok(some.untried > 0);
    const none = explained(scoring, exchangeOf(ATTACK), { totalBudget: 1 });
    assert.equal(none.verdict.kind, 'overBudget');
    assert.ok(fate(none, 949110)?.state === 'notReached');
  });

  it('cuts long values around the span', () => {
    const long = explained(scoring, exchangeOf(`/?q=${'x'.repeat(5000)}union+select${'y'.repeat(5000)}`));
    const value = long.matches[0]?.places[0]?.value;
    assert.deepEqual([value?.bytes, value?.text.length], [10_012, 400]);
    assert.equal(value?.text.slice(...(value.span ?? [0, 0])), 'union select');
    assert.equal(value?.offset, 5000 + 6 - 200);
  });
});

describe('counterfactuals', () => {
  const attack = explained(scoring, exchangeOf(ATTACK));

  it('come the smallest that passes first, and say what the others reach', () => {
    const told = attack.counterfactuals.map(({ exclusions, passes, inbound }) => [
      exclusions.map(({ ruleId, target }) => `${ruleId};${target ?? ''}`).join(),
      passes,
      inbound,
    ]);
    assert.deepEqual(told, [
      ['101;ARGS:q', true, 3],
      ['101;', true, 3],
      ['102;ARGS:q', false, 5],
      ['102;', false, 5],
    ]);
  });

  it('hold what they promise: their lines, loaded, decide the same', () => {
    assert.equal(attack.counterfactuals.length, 4);
    for (const { everywhere, here, passes, inbound } of attack.counterfactuals) {
      for (const text of [`${SCORING}\n${everywhere.join('\n')}`, `${here.join('\n')}\n${SCORING}`]) {
        const changed = explained(ruleSetOfText(text), exchangeOf(ATTACK));
        assert.equal(changed.verdict.kind === 'continue', passes, text.slice(-80));
        assert.equal(changed.scores.inbound, inbound);
      }
      const other = ruleSetOfText(`${here.join('\n')}\n${SCORING}`);
      assert.equal(explained(other, exchangeOf(ATTACK.replace('search', 'login'))).verdict.kind, 'deny');
    }
  });

  it('take what several rules saw in one parameter together, when no single rule is enough', () => {
    const twice = `${SCORING.replaceAll("'tx.inbound_anomaly_score_pl1=+3'", "'tx.inbound_anomaly_score_pl1=+5'")}`;
    const both = explained(ruleSetOfText(twice), exchangeOf(ATTACK));
    const [first] = both.counterfactuals;
    assert.deepEqual(first?.exclusions, [
      { ruleId: 101, target: 'ARGS:q' },
      { ruleId: 102, target: 'ARGS:q' },
    ]);
    assert.equal(first?.passes, true);
    assert.equal(first?.everywhere.length, 2);
  });

  it('take the whole collection when a rule spoke about many of its members', () => {
    const many = Array.from({ length: 9 }, (_, index) => `p${index}=union+select`).join('&');
    const { counterfactuals } = explained(scoring, exchangeOf(`/?${many}`));
    const passing = counterfactuals.filter(({ passes }) => passes).map(({ everywhere }) => everywhere);
    assert.ok(counterfactuals.every(({ exclusions }) => exclusions.length > 1 || exclusions[0]?.target !== 'ARGS:p0'));
    assert.deepEqual(passing.at(0), ['SecRuleUpdateTargetById 101 "!ARGS"', 'SecRuleUpdateTargetById 102 "!ARGS"']);
  });

  it('never write what an attacker could end a rule with', () => {
    const hostile = explained(scoring, exchangeOf('/a%22b?q%22%0aSecRuleEngine%20Off=union+select'));
    assert.equal(hostile.verdict.kind, 'deny');
    assert.ok(hostile.counterfactuals.length > 0);
    for (const { everywhere, here } of hostile.counterfactuals) {
      assert.deepEqual(here, []);
      assert.doesNotMatch(everywhere.join('\n'), /Engine|"b/);
    }
  });
});

describe('the watched run', () => {
  const word = fc.constantFrom(
    'union select',
    'union%2520select',
    'union',
    'select',
    ' ',
    '%20',
    '%2555',
    'sqlmap',
    'x',
    '&q=',
    '&z=',
    '%00',
    '+',
  );
  const target = fc
    .tuple(fc.constantFrom('/', '/healthy', '/search'), fc.array(word, { maxLength: 12 }))
    .map(([path, words]) => `${path}?q=${words.join('')}`);

  it('decides and scores as the fast one does', () => {
    let refused = 0;
    fc.assert(
      fc.property(target, fc.constantFrom('on', 'detect'), (text, engine) => {
        const exchange = exchangeOf(text);
        const { verdict, scores, ladder } = explained(scoring, exchange, { facts: { ...FACTS, engine } });
        const transaction = scoring.begin({ ...FACTS, engine }, { nowMicros: 1_700_000_000_000_000, uniqueId: 'id-1' });
        const steps = [() => transaction.requestHead(exchange.request.head), () => transaction.requestBody('', true)];
        for (const step of steps) if (step().kind !== 'continue') break;
        const outcome = transaction.log();
        assert.equal(verdict.kind, outcome.decision.kind);
        assert.equal(scores.inbound, outcome.inboundScore);
        assert.equal(ladder.findLast(({ counts }) => counts)?.total ?? 0, outcome.inboundScore);
        if (verdict.kind === 'deny') refused++;
      }),
      { numRuns: 150 },
    );
    assert.ok(refused > 5, `${refused} refused`);
  });
});

describe('exclusions', () => {
  it('are in force as if their lines were written', () => {
    const excluded = explained(scoring, exchangeOf(ATTACK), {
      exclusions: [{ ruleId: 101, target: 'ARGS:q' }, { ruleId: 102 }],
    });
    assert.equal(excluded.verdict.kind, 'continue');
    assert.equal(excluded.scores.inbound, 0);
    const [first, second] = [101, 102].map((id) => excluded.rules.find(({ ruleId }) => ruleId === id));
    assert.deepEqual([first?.state, first?.withoutTargets], ['prefilter', ['ARGS:q']]);
    assert.deepEqual([second?.state, second?.reason], ['skipped', 'excluded']);
  });

  const ROWS: readonly (readonly [text: string, expected: unknown])[] = [
    ['942100', { ruleId: 942100 }],
    ['942100;ARGS:q', { ruleId: 942100, target: 'ARGS:q' }],
    ['942100;ARGS:/^x/|REQUEST_URI', { ruleId: 942100, target: 'ARGS:/^x/|REQUEST_URI' }],
    ['x', 'seclang.bad-exclusion'],
    ['1;NOPE', 'seclang.unknown-variable'],
    ['1;', 'seclang.empty-target'],
    ['1;ARGS:/(/', 'seclang.pattern-invalid'],
  ];
  for (const [text, expected] of ROWS) {
    it(`reads ${text}`, () => {
      const read = parseExclusion(text);
      if (typeof expected === 'string') assert.equal(Array.isArray(read) && read[0].code, expected);
      else assert.deepEqual(read, expected);
    });
  }
});
