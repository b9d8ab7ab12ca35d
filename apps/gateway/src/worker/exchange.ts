import type { RoutePolicy, ServicePolicy } from '@seawall/contract';
import type { Outcome } from '@seawall/seclang';
import { type Field, readWebSocketRequest, type RequestHead1, type Violation } from '@seawall/wire';
import type { IncomingBody } from './body.ts';
import type { ClientConnection } from './connection.ts';
import { beginInspection, closeInspection, judge } from './exchange/judge.ts';
import { obeySource } from './exchange/obey-orders.ts';
import { passOn } from './exchange/pass-on.ts';
import { readBody } from './exchange/read-body.ts';
import { answerFailure, refuseMessage, refuseOverLimit, refuseWith } from './exchange/refuse.ts';
import { type Gateway, recordExchange } from './gateway.ts';
import type { Inspection } from './inspect.ts';
import type { PersonOrder } from './orders.ts';
import type { PolicyView } from './policy-view.ts';
import { hostName, splitTarget } from './route.ts';
import { rulesHead } from './rules-view.ts';
import { fieldValue, hasCredentials } from './source.ts';
import { Trace } from './trace.ts';
import type { UpstreamConnection } from './upstream.ts';
import { openWebSocket } from './websocket.ts';

// One request from its head to its end. Order: route, source, orders, head (phase 1), body (phase 2), log-in, forwarding, answer (phases 3 and
// 4), log (phase 5). Invariants:
// 1. Nothing of a request that was blocked, limited or diverted reaches the service.
// 2. A page that blocks leaves only after its finding is committed, or after that failed and was counted.
// 3. Whatever goes wrong ends in one of: an answer, a closed connection; and in one `exchange` record.

/** What the connection does next. `taken`: the socket belongs to somebody else now. */
export type After = 'keep' | 'close' | 'destroy' | 'taken';

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
  /** What was read of the request's body for inspection. */
  inspected: Buffer = NOTHING;
  /** What was read of the answer for inspection. */
  answer: { readonly head: string; readonly body: Buffer; readonly bytes: number } | undefined;
  upstream: UpstreamConnection | undefined;
  /** The client went away: nobody waits for the answer any more. */
  gone = false;
  /** Phase 5, once. */
  logged: { readonly outcome: Outcome | undefined | Promise<Outcome | undefined> } | undefined;

  constructor(input: ExchangeInput) {
    this.gateway = input.gateway;
    this.client = input.client;
    this.head = input.head;
    this.body = input.body;
    this.view = input.gateway.view;
    const { address } = input.client;
    const { trustedProxies } = this.view;
    const fields = input.head?.fields ?? [];
    this.trace = new Trace(trustedProxies === undefined ? address : trustedProxies.clientOf(address, fields));
  }

  get enforcing(): boolean {
    return this.route?.mode === 'protect';
  }

  abort(): void {
    this.gone = true;
    this.upstream?.destroy();
  }

  async run(): Promise<After> {
    const { head } = this;
    let after: After;
    try {
      this.#readHead();
      if (head === undefined || !head.forwardable) after = await refuseMessage(this, head?.violations ?? []);
      else after = await this.#serve(head);
    } catch (error) {
      after = await answerFailure(this, error);
    }
    return this.#end(after);
  }

  /** Framing that cannot be delimited, before any body was read. */
  async refuse(violation: Violation): Promise<After> {
    this.#readHead();
    const after = await refuseMessage(this, [violation, ...(this.head?.violations ?? [])]).catch((error: unknown) =>
      answerFailure(this, error),
    );
    return this.#end(after);
  }

  async #end(after: After): Promise<After> {
    const { trace } = this;
    trace.bytesIn = (this.head?.text.length ?? 0) + this.body.bytes;
    const closing = closeInspection(this);
    if (closing instanceof Promise) await closing;
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
    const sender = this.gateway.senders.of(this.service, { address: trace.address, fields: head.fields, query });
    trace.source = sender.source;
    this.secret = sender.secret;
    trace.credentials = sender.secret !== undefined || hasCredentials(head.fields);
  }

  async #serve(head: RequestHead1): Promise<After> {
    const { route, service } = this;
    if (head.targetForm === 'authority') return refuseWith(this, 405, 'failed');
    if (route === undefined || service === undefined) return refuseWith(this, 404, 'failed');
    if (head.text.length > route.maxHeadBytes) {
      return refuseOverLimit(this, 431, 'limit/head', 'The head of the request is larger than the route allows');
    }
    const webSocket = head.upgrade === undefined ? ORDINARY : readWebSocketRequest(head);
    if (webSocket.kind === 'invalid') return refuseWith(this, webSocket.status, 'failed', [SUPPORTED_VERSION]);
    const ordered = obeySource(this);
    if (ordered !== undefined) {
      const after = await ordered;
      if (after !== undefined) return after;
    }
    if (route.mode !== 'off') beginInspection(this, route);
    if (this.inspection !== undefined) {
      const stopped = await judge(this, { kind: 'requestHead', head: rulesHead(head) });
      if (stopped !== undefined) return stopped;
    }
    if (webSocket.kind === 'websocket') {
      const late = await judge(this, { kind: 'requestBody', body: '', complete: true });
      return late ?? openWebSocket(this, webSocket);
    }
    const reading = readBody(this, head, route, service);
    const read = reading instanceof Promise ? await reading : reading;
    if (typeof read === 'string') return read;
    return passOn(this, head, route, service, read);
  }
}

const ORDINARY = { kind: 'other' } as const;

export interface ReadBody {
  readonly bytes: Buffer;
  readonly complete: boolean;
}

const SUPPORTED_VERSION: Field = { name: 'sec-websocket-version', value: '13' };
