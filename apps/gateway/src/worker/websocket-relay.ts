import type { Socket } from 'node:net';
import type { Verdict } from '@seawall/contract';
import {
  createWebSocketReader,
  OPCODE,
  type WebSocketReader,
  writeClose,
  writeFrame,
  writeMessage,
} from '@seawall/wire';
import { nowMicros } from '../clock.ts';
import { auditOutcome } from './audit/audit-outcome.ts';
import { evidenceOf } from './evidence.ts';
import type { HttpExchange } from './exchange.ts';
import { openInspection, shareOutcome } from './exchange/judge.ts';
import { rulesHead } from './rules-view.ts';
import { nearText, ownFinding, outcomeFinding } from './finding.ts';
import { commitFinding, recordExchange } from './gateway.ts';
import { SOURCE_BUDGET } from './orders.ts';
import { hostName } from './route.ts';
import { Trace } from './trace.ts';
import { drained } from './upstream.ts';
import { connectWebSocket, type WebSocketUpstream } from './websocket-upstream.ts';

// One open WebSocket. The client's side ends here; the upstream side is another connection, chosen anew for each message. Invariants:
// 1. Messages of one direction are inspected and passed on one after another, in order.
// 2. While its source is diverted, no message reaches the service, and none of the service reaches the client; while an instance is cut, neither
//    comes from or goes to it. The client sees none of it: the handshake, cookies included, is replayed to where the source belongs now.
// 3. What waits is bounded: beyond MAX_WAITING messages the sender is not read.

type Direction = 'request' | 'response';
interface Message {
  readonly kind: 'text' | 'binary';
  readonly data: Buffer;
}

const MAX_WAITING = 16;
const NORMAL = 1000;
const GOING_AWAY = 1001;
const POLICY = 1008;
const BROKEN = 1011;
const LATER = 1013;

export class WebSocketRelay {
  readonly #exchange: HttpExchange;
  readonly #socket: Socket;
  #upstream: WebSocketUpstream;
  #client: WebSocketReader | undefined;
  readonly #queues: Record<Direction, Message[]> = { request: [], response: [] };
  readonly #busy: Record<Direction, boolean> = { request: false, response: false };
  #moving: Promise<void> | undefined;
  #over = false;

  constructor(exchange: HttpExchange, upstream: WebSocketUpstream) {
    this.#exchange = exchange;
    this.#socket = exchange.client.socket;
    this.#upstream = upstream;
  }

  start(rest: Buffer): void {
    const { gateway } = this.#exchange;
    gateway.moving.add(this);
    // A peer that vanished without a word is noticed by TCP.
    this.#socket.setKeepAlive(true, 60_000);
    const reader = createWebSocketReader(
      'server',
      {
        onMessage: (kind, data) => this.#enqueue('request', { kind, data }),
        onPing: (data) => this.#toClient(writeFrame({ opcode: OPCODE.pong, payload: data })),
        onPong: () => undefined,
        onClose: (code) => this.#close(code === 1005 ? NORMAL : code),
        onFault: (code) => {
          gateway.counters.count('websocket_faults');
          this.#close(code === 1006 ? GOING_AWAY : code);
        },
      },
      { maxMessageBytes: gateway.limits.maxMessageBytes, maxFragments: 1024 },
    );
    this.#client = reader;
    this.#socket.on('data', (chunk: Buffer) => reader.push(chunk));
    this.#socket.on('end', () => reader.end());
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('close', () => this.#close(GOING_AWAY));
    this.#listen(this.#upstream);
    if (rest.length > 0) reader.push(rest);
    // The policy may have changed while the handshake was under way.
    this.policyChanged();
  }

  /** Orders changed: the service must not go on talking to a diverted source, nor a cut instance to anybody. */
  policyChanged(): void {
    if (!this.#over && !this.#isInPlace()) void this.#move();
  }

  #listen(upstream: WebSocketUpstream): void {
    upstream.listen(
      {
        onMessage: (kind, data) => {
          if (upstream === this.#upstream) this.#enqueue('response', { kind, data });
        },
        onClose: (code) => {
          if (upstream === this.#upstream && this.#isInPlace()) this.#close(code === 1005 ? NORMAL : code);
        },
        onLost: () => {
          if (upstream !== this.#upstream || this.#over) return;
          if (this.#isInPlace()) this.#close(BROKEN);
          else void this.#move();
        },
      },
      this.#exchange.gateway.limits.maxMessageBytes,
    );
  }

  // --- where the messages go ---

  #isInPlace(): boolean {
    const { gateway, service } = this.#exchange;
    const { place } = this.#upstream;
    if (this.#shouldDivert()) return place.kind === 'decoy';
    return place.kind === 'service' && !gateway.view.orders.isCut(service?.name ?? '', place.instance);
  }

  #shouldDivert(): boolean {
    const order = this.#order();
    this.#exchange.diverted = order?.what === 'divert' ? order : undefined;
    return this.#exchange.diverted !== undefined;
  }

  #order() {
    const { gateway, trace } = this.#exchange;
    const route = gateway.view.routes.find(hostName(trace.host), trace.path);
    if (route?.mode !== 'protect') return undefined;
    return gateway.view.orders.forSource(trace.source, nowMicros);
  }

  #move(): Promise<void> {
    this.#moving ??= this.#moveNow()
      .catch(() => this.#close(BROKEN))
      .finally(() => {
        this.#moving = undefined;
      });
    return this.#moving;
  }

  async #moveNow(): Promise<void> {
    const { gateway } = this.#exchange;
    const before = this.#upstream;
    this.#queues.response.length = 0;
    before.close(GOING_AWAY);
    // Where to is looked up after each attempt: the policy may change again meanwhile.
    for (let attempt = 0; attempt < 3 && !this.#over; attempt++) {
      const opened = await connectWebSocket(this.#exchange);
      if (opened === 'decoy-down') {
        gateway.counters.count('decoy_down');
        return this.#close(POLICY);
      }
      if (opened.kind === 'refused') {
        opened.connection.destroy();
        gateway.counters.count('websocket_move_refused');
        return this.#close(BROKEN);
      }
      if (this.#over) return opened.upstream.close(GOING_AWAY);
      this.#upstream = opened.upstream;
      this.#listen(opened.upstream);
      gateway.counters.count(opened.upstream.place.kind === 'decoy' ? 'websockets_diverted' : 'websockets_moved');
      if (this.#isInPlace()) return;
      opened.upstream.close(GOING_AWAY);
    }
  }

  // --- messages ---

  #enqueue(direction: Direction, message: Message): void {
    const queue = this.#queues[direction];
    queue.push(message);
    if (queue.length >= MAX_WAITING) this.#pause(direction);
    if (!this.#busy[direction]) void this.#work(direction);
  }

  async #work(direction: Direction): Promise<void> {
    this.#busy[direction] = true;
    const queue = this.#queues[direction];
    try {
      for (let message = queue.shift(); message !== undefined && !this.#over; message = queue.shift()) {
        if (queue.length < MAX_WAITING / 2) this.#resume(direction);
        await this.#pass(direction, message);
      }
    } catch {
      this.#exchange.gateway.counters.count('exchange_errors');
      this.#close(BROKEN);
    } finally {
      this.#busy[direction] = false;
    }
  }

  #pause(direction: Direction): void {
    if (direction === 'response') return this.#upstream.pause();
    this.#client?.pause();
    this.#socket.pause();
  }

  #resume(direction: Direction): void {
    if (direction === 'response') return this.#upstream.resume();
    this.#socket.resume();
    this.#client?.resume();
  }

  async #pass(direction: Direction, message: Message): Promise<void> {
    const trace = this.#traceOf(direction, message);
    try {
      if (direction === 'request' && !(await this.#obey(trace))) return;
      const from = this.#upstream;
      if (!(await this.#inspect(trace, direction, message))) return;
      if (direction === 'response') {
        // What the service said before its client was diverted is not told any more.
        if (from !== this.#upstream || !this.#isInPlace()) return;
        await this.#sendToClient(trace, message);
      } else await this.#sendUpstream(trace, message);
    } finally {
      recordExchange(this.#exchange.gateway, trace);
    }
  }

  async #obey(trace: Trace): Promise<boolean> {
    const order = this.#order();
    if (order === undefined || order.what === 'divert') return true;
    const { gateway } = this.#exchange;
    if (order.what === 'limit' && (await gateway.link.take(order.action, SOURCE_BUDGET)).tokens > 0) return true;
    gateway.counters.count(`orders_${order.what}`);
    trace.verdict = order.what === 'limit' ? 'limited' : 'blocked';
    this.#close(order.what === 'limit' ? LATER : POLICY);
    return false;
  }

  async #sendUpstream(trace: Trace, message: Message): Promise<void> {
    if (this.#moving !== undefined || !this.#isInPlace()) await this.#move();
    if (this.#over) return;
    trace.instance = this.#upstream.place.instance;
    if (this.#upstream.place.kind === 'decoy') trace.verdict = 'diverted';
    trace.bytesIn = message.data.length;
    if (!(await this.#upstream.send(message.kind, message.data))) trace.verdict = 'failed';
  }

  async #sendToClient(trace: Trace, message: Message): Promise<void> {
    trace.bytesOut = message.data.length;
    const decoy = this.#upstream.place.kind === 'decoy';
    if (decoy) trace.verdict = 'diverted';
    else if (message.kind === 'text' && trace.verdict === 'passed' && trace.mode !== 'off') {
      this.#exchange.gateway.sampler.message(trace, message.data);
    }
    if (!this.#toClient(writeMessage(message.kind, message.data))) await drained(this.#socket);
  }

  #traceOf(direction: Direction, message: Message): Trace {
    const { trace: parent } = this.#exchange;
    const trace = new Trace(parent.address);
    trace.parent = parent.id;
    trace.protocol = 'websocket';
    trace.route = parent.route;
    trace.service = parent.service;
    trace.instance = this.#upstream.place.instance;
    trace.mode = parent.mode;
    trace.method = direction === 'request' ? 'SEND' : 'RECEIVE';
    trace.host = parent.host;
    trace.path = parent.path;
    trace.userAgent = parent.userAgent;
    trace.source = parent.source;
    trace.credentials = parent.credentials;
    if (direction === 'request') trace.bytesIn = message.data.length;
    return trace;
  }

  // --- inspection ---

  /** False when the message is not passed on. */
  async #inspect(trace: Trace, direction: Direction, message: Message): Promise<boolean> {
    const { gateway, trace: parent, head } = this.#exchange;
    const route = gateway.view.routes.find(hostName(parent.host), parent.path);
    if (route !== undefined) trace.setRoute(route);
    const diverted = this.#upstream.place.kind === 'decoy';
    if (head === undefined || route === undefined || route.mode === 'off') return true;
    if (direction === 'response' && (diverted || !route.inspectResponse)) return true;
    const enforcing = route.mode === 'protect' && !diverted;
    const inspection = openInspection(this.#exchange, { view: gateway.view, trace, route, enforcing });
    if (inspection === undefined) return true;
    // Phase 1 was judged with the handshake; here it only sets what the later phases read.
    await inspection.step({ kind: 'requestHead', head: rulesHead(head) });
    const before = inspection.ruleFailure;
    const text = message.data.toString('latin1');
    const judged = await inspection.step({ kind: 'message', text, direction });
    const outcome = await inspection.log();
    trace.inspectMicros = inspection.micros;
    const verdictOf = (blocked: boolean): Verdict => (blocked ? 'blocked' : diverted ? 'diverted' : 'noted');
    const ruleFailed = before === undefined ? inspection.ruleFailure : undefined;
    const failed = inspection.failure ?? ruleFailed;
    const refused = judged.kind === 'deny' || judged.kind === 'drop' || judged.kind === 'redirect';
    const failsClosed = failed !== undefined && route.onInspectionFailure === 'closed' && !diverted;
    const blocked = failsClosed || (enforcing && refused);
    const verdict = verdictOf(blocked);
    const input = {
      trace,
      detector: 'seclang' as const,
      direction,
      verdict,
      done: DONE[verdict],
      secret: this.#exchange.secret,
      evidence: evidenceOf({
        head: head.text,
        body: message.data,
        bodyBytes: message.data.length,
        keepBodyBytes: route.evidence.bodyBytes,
        maskCookies: route.evidence.maskCookies,
        near: outcome && nearText(outcome),
        secret: this.#exchange.secret,
      }),
    };
    if (failed !== undefined) {
      gateway.counters.count('inspection_failed');
      const title = `Inspection of a message failed: ${failed.slice(0, 200)}`;
      await this.#commit(
        trace,
        ownFinding({ ...input, detector: 'gateway' }, { ...FAILED_RULE, title }),
        verdict,
        blocked,
      );
    }
    if (outcome !== undefined) {
      shareOutcome(this.#exchange, outcome);
      // Phase 1 was told with the handshake.
      auditOutcome(this.#exchange, trace, outcome, (match) => match.phase !== 1);
      const ofMessage = outcomeFinding(input, outcome, (match) => match.phase !== 1);
      const finding = ofMessage ?? (blocked && !failsClosed ? ownFinding(input, UNLOGGED_RULE, outcome) : undefined);
      if (finding !== undefined) await this.#commit(trace, finding, verdict, blocked);
    }
    if (blocked) this.#close(POLICY);
    return !blocked;
  }

  async #commit(trace: Trace, finding: ReturnType<typeof ownFinding>, verdict: Verdict, wait: boolean): Promise<void> {
    trace.verdict = verdict;
    const committed = commitFinding(this.#exchange.gateway, trace, finding);
    if (wait) await committed;
  }

  // --- ends ---

  #toClient(frame: Buffer): boolean {
    return !this.#socket.writable || this.#socket.write(frame);
  }

  /** Both sides, once. */
  #close(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#exchange.gateway.moving.delete(this);
    this.#upstream.close(code === POLICY ? GOING_AWAY : code);
    this.#toClient(writeClose(code));
    this.#socket.end();
    const force = setTimeout(() => this.#socket.destroy(), 1000);
    this.#socket.once('close', () => clearTimeout(force));
    this.#socket.resume();
  }
}

const DONE: Readonly<Record<Verdict, string>> = {
  passed: 'It was passed on.',
  noted: 'It was noted and passed on.',
  limited: 'It was held back.',
  blocked: 'The message was dropped and the WebSocket closed.',
  diverted: 'The message went to the decoy.',
  failed: 'It could not be passed on.',
};

const FAILED_RULE = {
  id: 'gateway/inspection-failed',
  name: 'inspection failed',
  family: 'other',
  severity: 'high',
} as const;

const UNLOGGED_RULE = {
  id: 'gateway/blocked',
  name: 'blocked by an unlogged rule',
  family: 'other',
  severity: 'medium',
  title: 'A rule that is not logged stopped this',
} as const;
