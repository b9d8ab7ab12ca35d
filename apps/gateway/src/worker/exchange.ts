import type { Finding, RoutePolicy, ServicePolicy, Verdict } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import type { Outcome } from '@seawall/seclang';
import {
  type Field,
  type Framing,
  readWebSocketRequest,
  type RequestHead1,
  type ResponseHead1,
  type Violation,
} from '@seawall/wire';
import { nowMicros } from '../clock.ts';
import { canKeep, relayAnswer, sendPage } from './answer.ts';
import { makePage } from './block-page.ts';
import type { IncomingBody } from './body.ts';
import type { ClientConnection } from './connection.ts';
import { evidenceOf } from './evidence.ts';
import { nearText, type OwnRule, ownFinding, outcomeFinding } from './finding.ts';
import { requestFields } from './forward-fields.ts';
import { forwardToDecoy, forwardToService, type Forwarded, type Outgoing } from './forward.ts';
import { commitFinding, type Gateway, recordExchange } from './gateway.ts';
import { Inspection, type Judgement, type Step } from './inspect.ts';
import { accountOf, isLogin } from './login.ts';
import { ACCOUNT_BUDGET, divertedField, type PersonOrder, SOURCE_BUDGET } from './orders.ts';
import type { PolicyView } from './policy-view.ts';
import { hostName, splitTarget } from './route.ts';
import { fieldValue } from './source.ts';
import { Trace } from './trace.ts';
import type { UpstreamConnection } from './upstream.ts';
import { openWebSocket } from './websocket.ts';
import { leadIsResponse, rulesAnswerHead, rulesHead } from './rules-view.ts';
import { NO_REQUEST } from './unreadable-request.ts';

// One request from its head to its end. Order: route, source, orders, head (phase 1), body (phase 2), log-in, forwarding, answer (phases 3 and
// 4), log (phase 5). Invariants:
// 1. Nothing of a request that was blocked, limited or diverted reaches the service.
// 2. A page that blocks leaves only after its finding is committed, or after that failed and was counted.
// 3. Whatever goes wrong ends in one of: an answer, a closed connection; and in one `exchange` record.

/** What the connection does next. `taken`: the socket belongs to somebody else now. */
export type After = 'keep' | 'close' | 'destroy' | 'taken';

/** Violations that have a status of their own. */
const VIOLATION_STATUS: Readonly<Record<string, number>> = {
  'head-too-large': 431,
  'too-many-fields': 431,
  'start-line-too-long': 414,
};

const NOTHING = Buffer.alloc(0);

export interface ExchangeInput {
  readonly gateway: Gateway;
  readonly client: ClientConnection;
  readonly head: RequestHead1 | undefined;
  readonly body: IncomingBody;
}

export class HttpExchange {
  readonly gateway: Gateway;
  readonly client: ClientConnection;
  readonly head: RequestHead1 | undefined;
  readonly body: IncomingBody;
  readonly view: PolicyView;
  readonly trace: Trace;
  route: RoutePolicy | undefined;
  service: ServicePolicy | undefined;
  secret: string | undefined;
  inspection: Inspection | undefined;
  diverted: PersonOrder | undefined;
  account: string | undefined;
  #inspected: Buffer = NOTHING;
  #answer: { readonly head: string; readonly body: Buffer; readonly bytes: number } | undefined;
  #upstream: UpstreamConnection | undefined;
  #gone = false;

  constructor(input: ExchangeInput) {
    this.gateway = input.gateway;
    this.client = input.client;
    this.head = input.head;
    this.body = input.body;
    this.view = input.gateway.view;
    this.trace = new Trace(input.client.address);
  }

  /** The client went away: nobody waits for the answer any more. */
  abort(): void {
    this.#gone = true;
    this.#upstream?.destroy();
  }

  async run(): Promise<After> {
    const { head } = this;
    let after: After;
    try {
      this.#readHead();
      if (head === undefined || !head.forwardable) after = await this.#refuse(head?.violations ?? []);
      else after = await this.#serve(head);
    } catch (error) {
      after = await this.#failed(error);
    }
    return this.#end(after);
  }

  /** Framing that cannot be delimited, before any body was read. */
  async refuse(violation: Violation): Promise<After> {
    this.#readHead();
    const after = await this.#refuse([violation, ...(this.head?.violations ?? [])]).catch((error: unknown) =>
      this.#failed(error),
    );
    return this.#end(after);
  }

  async #end(after: After): Promise<After> {
    const { trace } = this;
    trace.bytesIn = (this.head?.raw.length ?? 0) + this.body.bytes;
    await this.#closeInspection();
    trace.inspectMicros = this.inspection?.micros ?? 0;
    recordExchange(this.gateway, trace);
    return after;
  }

  #readHead(): void {
    const { head, trace, view } = this;
    if (head === undefined) return;
    const { path, query } = splitTarget(head.target, head.targetForm);
    trace.protocol = head.version === 'HTTP/1.0' ? 'http/1.0' : 'http/1.1';
    trace.method = head.method;
    trace.host = head.host;
    trace.path = path;
    trace.query = query;
    trace.userAgent = fieldValue(head.fields, 'user-agent') ?? '';
    this.route = view.routes.find(hostName(head.host), path);
    if (this.route !== undefined) {
      trace.setRoute(this.route);
      this.service = view.services.get(this.route.service);
    }
    const sender = this.gateway.senders.of(this.service, { address: this.client.address, fields: head.fields, query });
    trace.source = sender.source;
    this.secret = sender.secret;
  }

  async #serve(head: RequestHead1): Promise<After> {
    const { route, service } = this;
    if (head.targetForm === 'authority') return this.#page(405, 'failed');
    if (route === undefined || service === undefined) return this.#page(404, 'failed');
    if (head.raw.length > route.maxHeadBytes) {
      return this.#limit(431, 'limit/head', 'The head of the request is larger than the route allows');
    }
    const webSocket = readWebSocketRequest(head);
    if (webSocket.kind === 'invalid') return this.#page(webSocket.status, 'failed', [SUPPORTED_VERSION]);
    const ordered = await this.#obeySource();
    if (ordered !== undefined) return ordered;
    if (route.mode !== 'off') this.#beginInspection(route);
    const stopped = await this.#judge({ kind: 'requestHead', head: rulesHead(head) });
    if (stopped !== undefined) return stopped;
    if (webSocket.kind === 'websocket') {
      const late = await this.#judge({ kind: 'requestBody', body: '', complete: true });
      return late ?? openWebSocket(this, webSocket);
    }
    const read = await this.#readBody(head, route, service);
    if (typeof read === 'string') return read;
    return this.#forward(head, route, service, read);
  }

  // --- orders ---

  get enforcing(): boolean {
    return this.route?.mode === 'protect';
  }

  async #obeySource(): Promise<After | undefined> {
    const { trace } = this;
    const order = trace.mode === 'off' ? undefined : this.view.orders.forSource(trace.source, nowMicros());
    if (order === undefined) return undefined;
    return this.#obey(order, SOURCE_BUDGET);
  }

  async #obey(order: PersonOrder, budget: typeof SOURCE_BUDGET): Promise<After | undefined> {
    if (!this.enforcing) {
      this.gateway.counters.count('orders_not_enforced');
      return undefined;
    }
    this.gateway.counters.count(`orders_${order.what}`);
    switch (order.what) {
      case 'divert':
        this.diverted = order;
        return undefined;
      case 'block':
        return this.#page(403, 'blocked');
      case 'limit': {
        const taken = await this.gateway.link.take(order.action, budget);
        if (taken.tokens > 0) return undefined;
        return this.#page(429, 'limited', [], taken.retryAfterMs / 1000);
      }
      default:
        return order.what satisfies never;
    }
  }

  // --- inspection ---

  #beginInspection(route: RoutePolicy): void {
    const ruleSet = this.view.ruleSets.get(route.ruleSet);
    if (ruleSet === undefined) return;
    const { client, gateway, trace } = this;
    this.inspection = new Inspection({
      ruleSet,
      ruleSetName: route.ruleSet,
      facts: {
        clientAddress: client.address,
        clientPort: client.port,
        serverAddress: client.localAddress,
        serverPort: client.localPort,
        engine: this.enforcing && this.diverted === undefined ? 'on' : 'detect',
      },
      nowMicros: trace.startedMicros,
      uniqueId: trace.id,
      workBudget: gateway.limits.workBudget,
      maxInlineBytes: gateway.limits.maxInlineBytes,
      collections: gateway.collections,
      thread: gateway.thread,
    });
  }

  /** Undefined = go on. */
  async #judge(step: Step): Promise<After | undefined> {
    if (this.inspection === undefined) return undefined;
    return this.#obeyJudgement(await this.inspection.step(step));
  }

  async #obeyJudgement(judgement: Judgement): Promise<After | undefined> {
    if (judgement.kind === 'continue' || judgement.kind === 'overBudget') return undefined;
    if (judgement.kind === 'failed') return this.#inspectionFailed(judgement.reason);
    if (!this.enforcing || this.diverted !== undefined) return undefined;
    return this.#block(judgement.kind === 'drop');
  }

  async #block(drop: boolean): Promise<After> {
    const { trace } = this;
    trace.status = drop ? 0 : 403;
    trace.verdict = 'blocked';
    const outcome = await this.#closeInspection('blocked');
    const direction = this.#answer === undefined ? 'request' : 'response';
    const done =
      direction === 'request' ? 'The request was stopped; the service saw nothing of it.' : 'The answer was held back.';
    const input = { ...this.#findingInput('seclang', 'blocked', done, outcome), direction } as const;
    const finding =
      (outcome && outcomeFinding(input, outcome)) ??
      ownFinding(input, { ...UNNAMED_BLOCK, title: 'A rule that is not logged stopped this' }, outcome);
    await commitFinding(this.gateway, trace, finding);
    if (drop) return 'destroy';
    return this.#sendPage(403, finding.id);
  }

  async #inspectionFailed(reason: string): Promise<After | undefined> {
    const { trace, gateway, route } = this;
    gateway.counters.count('inspection_failed');
    const closed = route?.onInspectionFailure === 'closed' && this.diverted === undefined;
    const verdict: Verdict = closed ? 'blocked' : 'noted';
    trace.verdict = verdict;
    if (closed) trace.status = 403;
    const done = closed
      ? 'The request was stopped: it could not be inspected.'
      : 'It was passed on without inspection.';
    const finding = ownFinding(this.#findingInput('gateway', verdict, done), {
      id: 'gateway/inspection-failed',
      name: 'inspection failed',
      family: 'other',
      severity: closed ? 'medium' : 'high',
      title: `Inspection failed: ${reason.slice(0, 200)}`,
    });
    const committed = commitFinding(gateway, trace, finding);
    if (!closed) return undefined;
    await committed;
    return this.#sendPage(403, finding.id);
  }

  #logged: Promise<Outcome | undefined> | undefined;

  /** Phase 5, once: changes of collections are shared, and what is to be noted is. */
  #closeInspection(verdict?: Verdict): Promise<Outcome | undefined> {
    this.#logged ??= this.#log(verdict);
    return this.#logged;
  }

  async #log(verdict: Verdict | undefined): Promise<Outcome | undefined> {
    const { inspection, trace, gateway } = this;
    if (inspection === undefined) return undefined;
    const outcome = await inspection.log();
    if (outcome === undefined) {
      inspection.drop();
      return undefined;
    }
    this.shareOutcome(outcome);
    if (verdict !== undefined) return outcome;
    const seen = this.diverted === undefined ? 'noted' : 'diverted';
    const done = seen === 'diverted' ? 'The request went to the decoy.' : 'It was noted and passed on.';
    const response = leadIsResponse(outcome);
    const input = this.#findingInput('seclang', seen, done, outcome, response);
    const finding = outcomeFinding({ ...input, direction: response ? 'response' : 'request' }, outcome);
    if (finding === undefined) return outcome;
    if (trace.verdict === 'passed') trace.verdict = seen;
    void commitFinding(gateway, trace, finding);
    return outcome;
  }

  shareOutcome(outcome: Outcome): void {
    const { gateway } = this;
    if (outcome.failures.length > 0) gateway.counters.count('rule_failures', outcome.failures.length);
    if (outcome.collectionChanges.length === 0) return;
    const now = nowMicros();
    const changes = outcome.collectionChanges.map((change) => ({ change, nowMicros: now }));
    for (const change of changes) gateway.collections.apply(change);
    gateway.link.share(changes);
  }

  // --- body and log-in ---

  async #readBody(head: RequestHead1, route: RoutePolicy, service: ServicePolicy): Promise<After | ReadBody> {
    const { inspection, trace } = this;
    const login = trace.mode !== 'off' && isLogin(service, head.method, trace.path);
    const wanted = inspection !== undefined && (login || inspection.ruleSet.needsRequestBody);
    let read: ReadBody = { bytes: NOTHING, complete: head.framing.kind === 'none' };
    if (wanted && head.framing.kind !== 'none') {
      const collected = await this.#collectBody(head, route);
      if (typeof collected === 'string') return collected;
      read = collected;
    }
    this.#inspected = read.bytes;
    const text = read.bytes.subarray(0, route.maxInspectedBodyBytes).toString('latin1');
    const stopped = await this.#judge({ kind: 'requestBody', body: text, complete: read.complete });
    if (stopped !== undefined) return stopped;
    if (login) {
      const ordered = await this.#checkAccount(service, read.bytes);
      if (ordered !== undefined) return ordered;
    }
    return read;
  }

  async #collectBody(head: RequestHead1, route: RoutePolicy): Promise<After | ReadBody> {
    const max = route.maxInspectedBodyBytes;
    const rejects = route.bodyOverLimit === 'reject' && this.enforcing && this.diverted === undefined;
    const tooLarge = (): Promise<After> =>
      this.#limit(413, 'limit/body', 'The body of the request is larger than what is inspected');
    if (rejects && head.framing.kind === 'length' && head.framing.bytes > max) return tooLarge();
    const started = nowMicros();
    this.client.wantBody();
    const collected = await this.body.collect(max);
    this.trace.waitMicros += nowMicros() - started;
    if (collected.complete || !rejects) return collected;
    return tooLarge();
  }

  async #checkAccount(service: ServicePolicy, bytes: Buffer): Promise<After | undefined> {
    const { trace } = this;
    this.account = accountOf(service, trace.query, bytes);
    if (this.account === undefined || this.diverted !== undefined) return undefined;
    const login = { service: service.name, account: this.account, address: trace.address };
    const order = this.view.orders.forAccount(login, nowMicros());
    return order === undefined ? undefined : this.#obey(order, ACCOUNT_BUDGET);
  }

  async #noteLogin(service: ServicePolicy): Promise<void> {
    const { account, trace } = this;
    if (account === undefined || this.diverted !== undefined) return;
    const failed = service.login?.failedStatus.includes(trace.status) === true;
    if (!failed && (trace.status < 200 || trace.status >= 400)) return;
    trace.login = { account, ok: !failed };
    if (!failed) return;
    const finding = ownFinding(
      this.#findingInput('login', 'noted', 'The service refused it.', undefined, false, true),
      {
        id: 'login/failed',
        name: 'failed log-in',
        family: 'login',
        severity: 'info',
        title: 'A log-in failed',
        account,
      },
    );
    await commitFinding(this.gateway, trace, finding);
  }

  // --- forwarding ---

  outgoing(head: RequestHead1, route: RoutePolicy | undefined, read: ReadBody): Outgoing {
    const plainAnswer = this.inspection !== undefined && route?.inspectResponse === true && this.diverted === undefined;
    const diverted = this.divertedField();
    const whole = read.complete;
    const framing: Framing =
      whole && head.framing.kind === 'chunked' ? { kind: 'length', bytes: read.bytes.length } : head.framing;
    return {
      method: head.method,
      target: head.target === '*' ? '*' : this.trace.path + (head.target.includes('?') ? `?${this.trace.query}` : ''),
      fields: (upstream) =>
        requestFields(head, {
          address: this.trace.address,
          plainAnswer,
          diverted,
          fallbackHost: `${upstream.address}:${upstream.port}`,
        }),
      framing,
      prefix: read.bytes,
      rest: whole ? undefined : this.body,
      onConnection: (connection) => {
        this.#upstream = connection;
        if (this.#gone) connection.destroy();
      },
    };
  }

  divertedField(): Field | undefined {
    const { diverted, trace, view, service } = this;
    if (diverted === undefined) return undefined;
    const { source, id: exchange, address } = trace;
    const reason = `action ${diverted.action}`;
    return divertedField({ source, service: service?.name ?? '', exchange, address, reason }, view.parts.decoy.secret);
  }

  async #forward(head: RequestHead1, route: RoutePolicy, service: ServicePolicy, read: ReadBody): Promise<After> {
    const { gateway, view, trace } = this;
    if (!read.complete) this.client.wantBody();
    const outgoing = this.outgoing(head, route, read);
    if (this.diverted !== undefined) return this.#forwardToDecoy(head, service, outgoing);
    const forwarded = await forwardToService(gateway, view, service, outgoing, trace);
    trace.status = forwarded.answer.head.status;
    const judged = await this.#inspectAnswer(head, route, forwarded);
    if (judged.kind === 'stopped') {
      forwarded.connection.destroy();
      return judged.after;
    }
    await this.#noteLogin(service);
    return this.#relay(head, forwarded, judged.prefix, judged.complete);
  }

  async #forwardToDecoy(head: RequestHead1, service: ServicePolicy, outgoing: Outgoing): Promise<After> {
    const { gateway, trace } = this;
    const decoy = this.view.parts.decoy.upstream;
    trace.verdict = 'diverted';
    try {
      if (decoy === undefined) return await this.decoyDown();
      const forwarded = await forwardToDecoy(gateway, decoy, outgoing, trace, service);
      trace.status = forwarded.answer.head.status;
      return await this.#relay(head, forwarded, NOTHING, false);
    } catch (error) {
      if (!(error instanceof Fault) || error.row.source !== 'upstream' || this.client.answered) throw error;
      return this.decoyDown();
    }
  }

  /** The source may not reach the service, and there is nobody else to answer. */
  decoyDown(): Promise<After> {
    this.gateway.counters.count('decoy_down');
    return this.#page(403, 'blocked');
  }

  async #inspectAnswer(head: RequestHead1, route: RoutePolicy, forwarded: Forwarded): Promise<JudgedAnswer> {
    const { inspection } = this;
    const { answer } = forwarded;
    if (inspection === undefined || !route.inspectResponse || inspection.failure !== undefined) {
      return { kind: 'passed', prefix: NOTHING, complete: false };
    }
    const early = await this.judgeAnswerHead(answer.head);
    if (early !== undefined) return { kind: 'stopped', after: early };
    if (!this.#bodyInspected(head, answer.head.fields, inspection)) {
      return { kind: 'passed', prefix: NOTHING, complete: false };
    }
    const collected = await answer.body.collect(route.maxInspectedResponseBytes);
    const inspected = collected.bytes.subarray(0, route.maxInspectedResponseBytes);
    this.#answer = { head: answer.head.raw.toString('latin1'), body: inspected, bytes: answer.body.bytes };
    if (!collected.complete) this.gateway.counters.count('response_prefix_inspected');
    const body = inspected.toString('latin1');
    const late = await this.#judge({ kind: 'responseBody', body, complete: collected.complete });
    if (late !== undefined) return { kind: 'stopped', after: late };
    return { kind: 'passed', prefix: collected.bytes, complete: collected.complete };
  }

  /** Phase 3. */
  judgeAnswerHead(answer: ResponseHead1): Promise<After | undefined> {
    if (this.route?.inspectResponse !== true || this.diverted !== undefined) return Promise.resolve(undefined);
    this.#answer = { head: answer.raw.toString('latin1'), body: NOTHING, bytes: 0 };
    return this.#judge({ kind: 'responseHead', head: rulesAnswerHead(answer) });
  }

  #bodyInspected(head: RequestHead1, fields: readonly Field[], inspection: Inspection): boolean {
    if (!inspection.ruleSet.needsResponseBody || head.method === 'HEAD') return false;
    const type = (fieldValue(fields, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (!inspection.ruleSet.responseMimeTypes.has(type)) return false;
    const coding = fieldValue(fields, 'content-encoding')?.trim().toLowerCase();
    if (coding === undefined || coding === 'identity') return true;
    // We asked for an uncoded answer (this version decodes none); a service that does not listen is counted.
    this.gateway.counters.count('response_coded_uninspected');
    return false;
  }

  async #relay(head: RequestHead1, forwarded: Forwarded, prefix: Buffer, complete: boolean): Promise<After> {
    const { client, trace, gateway } = this;
    const { answer, connection } = forwarded;
    const keep = client.mayKeep && canKeep(answer.head, head) && this.body.ended;
    const rest = complete ? undefined : answer.body;
    client.answered = true;
    const sample = this.diverted === undefined && trace.verdict === 'passed' && trace.mode !== 'off';
    const tap = sample ? gateway.sampler.start(trace, answer.head) : undefined;
    const relayed = await relayAnswer(client, { head: answer.head, prefix, rest }, { request: head, keep }, tap?.chunk);
    trace.bytesOut = relayed.bytes;
    this.#upstream = undefined;
    if (!relayed.whole) {
      connection.destroy();
      if (!this.#gone) gateway.counters.count('answers_broken');
      trace.verdict = trace.verdict === 'passed' ? 'failed' : trace.verdict;
      return 'destroy';
    }
    tap?.end();
    if (this.body.ended && (await forwarded.sent)) gateway.pool.release(connection);
    else connection.destroy();
    return keep ? 'keep' : 'close';
  }

  // --- refusals ---

  async #refuse(violations: readonly Violation[]): Promise<After> {
    const { trace, route } = this;
    const breach = violations.find((violation) => !violation.forwardable) ?? violations[0];
    const status = VIOLATION_STATUS[breach?.code ?? ''] ?? 400;
    trace.status = status;
    trace.verdict = 'blocked';
    this.gateway.counters.count('messages_refused');
    if (route !== undefined && route.mode !== 'off' && this.inspection === undefined) this.#beginInspection(route);
    if (this.head !== undefined && this.#inspected.length === 0 && this.inspection !== undefined) {
      await this.inspection.step({ kind: 'requestHead', head: rulesHead(this.head) });
    }
    const outcome = await this.#closeInspection('blocked');
    const done = `The message was answered ${status} and the connection closed.`;
    const finding = ownFinding(
      this.#findingInput('protocol', 'blocked', done, outcome),
      {
        id: `protocol/${breach?.code ?? 'unreadable'}`,
        name: breach?.code ?? 'unreadable',
        family: 'protocol',
        severity: 'medium',
        title: `Not a message that can be passed on: ${breach?.detail ?? 'it could not be read'}`,
      },
      outcome,
    );
    await commitFinding(this.gateway, trace, finding);
    await this.#sendPage(status, finding.id);
    return 'close';
  }

  async #limit(status: number, id: string, title: string): Promise<After> {
    const { trace } = this;
    trace.status = status;
    trace.verdict = 'blocked';
    this.gateway.counters.count('over_limit');
    const done = `The request was answered ${status}.`;
    const finding = ownFinding(this.#findingInput('limit', 'blocked', done), {
      id,
      name: title,
      family: 'protocol',
      severity: 'low',
      title,
    });
    await commitFinding(this.gateway, trace, finding);
    return this.#sendPage(status, finding.id);
  }

  async #failed(error: unknown): Promise<After> {
    const { trace, client } = this;
    const known = error instanceof Fault ? error : undefined;
    if (known?.code === 'gateway.framing') {
      const { violation } = known.context as { violation: Violation }; // made in connection.ts
      return this.#refuse([violation]);
    }
    this.gateway.counters.count(known === undefined ? 'exchange_errors' : `faults_${known.code.replace(/\W/g, '_')}`);
    trace.verdict = trace.verdict === 'passed' || trace.verdict === 'noted' ? 'failed' : trace.verdict;
    this.#upstream?.destroy();
    if (this.#gone || client.answered || known?.code === 'gateway.client-gone') return 'destroy';
    return this.#page(known?.row.status ?? 502, trace.verdict);
  }

  #page(status: number, verdict: Verdict, extra: readonly Field[] = [], retryAfterSeconds?: number): Promise<After> {
    this.trace.verdict = verdict;
    return this.#sendPage(status, this.trace.id, extra, retryAfterSeconds);
  }

  async #sendPage(
    status: number,
    incident: string,
    extra: readonly Field[] = [],
    retryAfterSeconds?: number,
  ): Promise<After> {
    const { client, trace, head } = this;
    trace.status = status;
    if (client.answered || this.#gone) return 'destroy';
    client.answered = true;
    const accept = head?.fields ?? [];
    const page = makePage({
      status,
      incident,
      accept,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    });
    const keep = head?.forwardable === true && head.keepAlive && client.mayKeep && this.body.ended;
    const request = head ?? NO_REQUEST;
    const fields = [...page.fields, ...extra];
    trace.bytesOut = await sendPage(client, { ...page, fields }, { request, keep });
    return keep ? 'keep' : 'close';
  }

  #findingInput(
    detector: Finding['detector'],
    verdict: Verdict,
    done: string,
    outcome?: Outcome,
    response = this.#answer !== undefined && verdict === 'blocked',
    withoutBody = false,
  ) {
    const { trace, route, secret } = this;
    const answer = response ? this.#answer : undefined;
    const evidence = evidenceOf({
      head: answer?.head ?? this.head?.raw.toString('latin1') ?? '',
      body: withoutBody ? NOTHING : (answer?.body ?? this.#inspected),
      bodyBytes: answer?.bytes ?? this.body.bytes,
      keepBodyBytes: route?.evidence.bodyBytes ?? 0,
      maskCookies: route?.evidence.maskCookies ?? true,
      near: outcome && nearText(outcome),
      secret,
    });
    return { trace, detector, direction: 'request' as const, verdict, done, evidence, secret };
  }
}

export interface ReadBody {
  readonly bytes: Buffer;
  readonly complete: boolean;
}

type JudgedAnswer =
  | { readonly kind: 'stopped'; readonly after: After }
  | { readonly kind: 'passed'; readonly prefix: Buffer; readonly complete: boolean };

const SUPPORTED_VERSION: Field = { name: 'sec-websocket-version', value: '13' };

const UNNAMED_BLOCK: Omit<OwnRule, 'title'> = {
  id: 'gateway/blocked',
  name: 'blocked by an unlogged rule',
  family: 'other',
  severity: 'medium',
};
