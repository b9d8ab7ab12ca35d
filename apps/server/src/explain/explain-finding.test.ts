import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Finding, FindingExplanation, PolicyParts } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import { attack, eventually, madeSource, signIn, startWorld, type Client, type World } from '../testing/world.ts';
import { makeExplainer } from './explainer.ts';

const RULES = String.raw`
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/html
SecAction "id:1,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score_threshold=5"
SecRule ARGS "@rx (?i)or 1=1" "id:942100,phase:2,pass,log,msg:'SQL',tag:'paranoia-level/1',t:none,t:urlDecodeUni,\
setvar:tx.inbound_anomaly_score_pl1=+5"
SecRule REQUEST_COOKIES "@rx evil" "id:942200,phase:2,pass,log,msg:'Cookie'"
SecRule TX:inbound_anomaly_score_pl1 "@ge %{tx.inbound_anomaly_score_threshold}" "id:949110,phase:2,deny,status:403,log,msg:'Over'"
SecRule RESPONSE_BODY "@contains secret" "id:950100,phase:4,deny,status:502,log,msg:'Leak'"
`;
const rules: PolicyParts['rules'] = {
  sets: [{ name: 'default', entry: ['base.conf'] }],
  files: { 'base.conf': RULES },
};

type Explained = Extract<FindingExplanation, { state: 'explained' }>;

describe('the explanation of a finding', () => {
  let world: World;
  let client: Client;
  let publish: (finding: Partial<Finding>) => Promise<string>;

  before(async () => {
    const made = madeSource();
    world = await startWorld({ source: { ...made, parts: () => ({ ...made.parts(), rules }) } });
    client = await signIn(world);
    const gateway = await world.gateway();
    publish = async (change) => {
      const event = attack(change);
      await gateway.publish(event);
      await eventually(
        () => client.get(`/findings/${event.finding.id}`),
        ({ status }) => status === 200,
      );
      return event.finding.id;
    };
  });
  after(() => world.end());

  const explain = async (finding: Partial<Finding>): Promise<FindingExplanation> => {
    const id = await publish(finding);
    const { status, body } = await client.get(`/findings/${id}/explanation`);
    assert.equal(status, 200, JSON.stringify(body));
    return body as FindingExplanation; // answered by the schema
  };
  const explained = async (finding: Partial<Finding>): Promise<Explained> => {
    const answer = await explain(finding);
    assert.ok(answer.state === 'explained', JSON.stringify(answer));
    return answer;
  };
  const evidence = (head: string, body = '', bodyBytes = body.length) => ({
    evidence: { head, body, bodyBytes, truncated: bodyBytes > body.length },
  });
  const HEAD = "GET /api/search?q=1'%2520or%25201=1 HTTP/1.1\r\nHost: chat.test\r\nCookie: a=***\r\n\r\n";

  it('plays the message that was kept through the rules in force', async () => {
    const { explanation, ruleSet, gaps, notAgain } = await explained({ score: 5, ...evidence(HEAD) });
    assert.deepEqual(explanation.verdict, { kind: 'deny', status: 403, ruleId: 949110, phase: 2, message: 'Over' });
    assert.deepEqual(
      explanation.ladder.map(({ ruleId, total, threshold }) => [ruleId, total, threshold]),
      [[942100, 5, 5]],
    );
    const [place] = explanation.matches[0]?.places ?? [];
    assert.equal(place?.original.text.slice(...(place.original.span ?? [0, 0])), 'or%201=1');
    assert.deepEqual(explanation.counterfactuals[0]?.everywhere, ['SecRuleUpdateTargetById 942100 "!ARGS:q"']);
    assert.equal(explanation.counterfactuals[0]?.passes, true);
    assert.equal(explanation.rules.length, 5);
    assert.deepEqual(ruleSet, { name: 'default', rules: 5, version: '' });
    assert.deepEqual([...gaps].toSorted(), ['masked', 'requestOnly']);
    assert.deepEqual(notAgain, []);
  });

  it('says which rules do not match again in what was kept', async () => {
    const matches = attack().finding.matches.map((match) => ({
      ...match,
      ruleId: '942200',
      target: 'REQUEST_COOKIES:a',
    }));
    const { notAgain } = await explained({ matches, ...evidence(HEAD) });
    assert.deepEqual(notAgain, [{ ruleId: '942200', target: 'REQUEST_COOKIES:a' }]);
  });

  it('says so too when the rule matches something else again, with another score', async () => {
    const [match] = attack().finding.matches;
    assert.ok(match);
    const matches = [{ ...match, target: 'REQUEST_COOKIES:a' }, match];
    const { notAgain, gaps } = await explained({ score: 10, matches, ...evidence(HEAD) });
    assert.deepEqual(notAgain, [{ ruleId: '942100', target: 'REQUEST_COOKIES:a' }]);
    assert.ok(gaps.includes('otherScore'));
  });

  it('says that the body was cut', async () => {
    const head = 'POST /p HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n';
    const { gaps, explanation } = await explained(evidence(head, 'q=x or 1=1', 9000));
    assert.ok(gaps.includes('cut'));
    assert.equal(explanation.verdict.ruleId, 949110);
  });

  it('plays an answer that was kept', async () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n';
    const { explanation, gaps } = await explained({ direction: 'response', score: 0, ...evidence(head, 'a secret') });
    assert.equal(explanation.verdict.ruleId, 950100);
    assert.deepEqual(gaps, ['answerOnly']);
  });

  it('plays one message of a WebSocket', async () => {
    const { request } = attack().finding;
    const { explanation, gaps } = await explained({
      score: 5,
      request: { ...request, protocol: 'websocket' },
      ...evidence('GET /socket HTTP/1.1\r\nHost: a\r\n\r\n', 'x or 1=1'),
    });
    assert.equal(explanation.matches[0]?.places[0]?.target, 'ARGS:message');
    assert.deepEqual(gaps, ['message']);
  });

  it('says why there is none', async () => {
    const { request } = attack().finding;
    assert.deepEqual(await explain({}), { state: 'unavailable', reason: 'noEvidence' });
    assert.deepEqual(await explain({ detector: 'login', ...evidence(HEAD) }), {
      state: 'unavailable',
      reason: 'noRules',
    });
    const elsewhere = { request: { ...request, route: 'gone' }, ...evidence(HEAD) };
    assert.deepEqual(await explain(elsewhere), { state: 'unavailable', reason: 'noRoute' });
    assert.equal((await client.get('/findings/none/explanation')).status, 404);
  });
});

describe('the explainer', () => {
  const job = {
    ruleSet: 'default',
    facts: { clientAddress: '::1', clientPort: 1, serverAddress: '::1', serverPort: 1, engine: 'on' },
    nowMicros: 0,
    uniqueId: 'x',
    exchange: {
      request: {
        head: { method: 'GET', target: '/?q=or+1=1', protocol: 'HTTP/1.1', fields: [] },
        body: '',
        complete: true,
      },
    },
  } as const;
  const failsWith = (code: string) => (error: unknown) => error instanceof Fault && error.code === code;

  it('keeps answers as long as the rules stay', async () => {
    const explainer = makeExplainer();
    const first = await explainer.explain(rules, 'a', job);
    assert.equal(await explainer.explain(rules, 'a', job), first);
    const other = { ...rules, files: { 'base.conf': 'SecAction "id:1,phase:1,pass,nolog"\n' } };
    const second = await explainer.explain(other, 'a', job);
    assert.deepEqual([first.ruleSet.rules, second.ruleSet.rules], [5, 1]);
    await explainer.close();
  });

  it('tells what is wrong, and goes on', async () => {
    const explainer = makeExplainer();
    const broken = { ...rules, files: { 'base.conf': 'SecNope\n' } };
    await assert.rejects(explainer.explain(broken, 'a', job), failsWith('server.explanation-failed'));
    assert.equal((await explainer.explain(rules, 'a', job)).ruleSet.rules, 5);
    await explainer.close();
  });

  it('ends a job that takes too long, and refuses more than may wait', async () => {
    const explainer = makeExplainer({ jobMs: 1, maxWaiting: 2, idleMs: 1000, maxKept: 1 });
    const asked = ['a', 'b', 'c'].map((key) => explainer.explain(rules, key, job));
    const codes = (await Promise.allSettled(asked)).map((one) =>
      one.status === 'rejected' && one.reason instanceof Fault ? one.reason.code : one.status,
    );
    assert.deepEqual(codes, ['server.explanation-failed', 'server.explanation-failed', 'server.too-busy']);
    await explainer.close();
  });
});
