import cluster, { type Worker } from 'node:cluster';
import type { PolicyBundle, PolicyParts } from '@seawall/contract';
import type { Limits } from '../limits.ts';
import { WORKER_FLAGS } from './code-cache.ts';
import { FreePorts } from './free-ports.ts';
import type { FromWorker, ListenerAddress, SharedRow, ToWorker, WorkerReport } from '../messages.ts';

// The workers of one node. Invariants:
// 1. A policy is put into force by all workers or by none: every worker first prepares it (compiles the rules), one after another so that the
//    others serve meanwhile (it takes no new connections then); only when all said yes it is applied. A worker that dies while preparing does not count: its successor starts with
//    whatever is in force by then.
// 2. A worker that is silent for `stuckAfterMs` is killed (SIGKILL; it cannot be asked), and a worker that ended is replaced.
// 3. No port is opened before a policy is in force.

/** Compiling a large rule set keeps a worker silent; it is not stuck then. */
const PREPARE_TIMEOUT_MS = 60_000;
/** Workers that end at once again and again are started no faster than this. */
const RESTART_PAUSE_MS = 500;

export interface FleetHandlers {
  onMessage(from: number, message: FromWorker): void;
  onListening(listeners: readonly ListenerAddress[]): void;
  log(level: 'info' | 'warn' | 'error', text: string, facts?: Readonly<Record<string, unknown>>): void;
}

export interface FleetOptions extends FleetHandlers {
  readonly workers: number;
  readonly entry: string;
  /** Folder of the workers' compiled code. */
  readonly codeCache: string;
  readonly limits: Limits;
  readonly sourceKey: Uint8Array;
  collections(): readonly SharedRow[];
}

/** `problem` with `inForce`: a port cannot be opened; everything else of the policy holds. */
export interface Applied {
  readonly inForce: boolean;
  readonly problem: string | undefined;
}

interface Member {
  readonly worker: Worker;
  readonly startedMs: number;
  heardMs: number;
  /** Set while it compiles a policy. */
  busyUntilMs: number;
  policyVersion: number;
  known: Partial<PolicyParts>;
  report: WorkerReport | undefined;
  waiting: ((answer: FromWorker | 'ended') => void) | undefined;
  /** Resolves when it listens to messages, or has ended: what is said to it before is lost. */
  readonly ready: Promise<void>;
  setReady(): void;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #members = new Map<number, Member>();
  readonly #totals = new Map<string, number>();
  #policy: PolicyBundle | undefined;
  readonly #ports = new FreePorts();
  /** One policy or start at a time. */
  #turn: Promise<unknown> = Promise.resolve();
  #closing = false;
  #heart: NodeJS.Timeout | undefined;
  #lookedMs = Date.now();
  replaced = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  start(): void {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const execArgv = [...process.execArgv, ...WORKER_FLAGS];
    cluster.setupPrimary({ exec: this.#options.entry, args: [], execArgv, serialization: 'advanced' });
    for (let i = 0; i < this.#options.workers; i++) this.#fork();
    this.#heart = setInterval(() => this.#replaceStuck(), Math.min(500, this.#options.limits.stuckAfterMs / 3));
  }

  get size(): number {
    return this.#members.size;
  }

  /** Workers that listen with the policy in force. */
  get serving(): number {
    const version = this.#policy?.version;
    if (version === undefined) return 0;
    return [...this.#members.values()].filter((member) => member.policyVersion === version).length;
  }

  get reports(): readonly WorkerReport[] {
    return [...this.#members.values()].flatMap((member) => (member.report === undefined ? [] : [member.report]));
  }

  /** Running totals: of the living, and of those that ended. */
  counters(): Map<string, number> {
    const sum = new Map(this.#totals);
    for (const report of this.reports) addAll(sum, report.counters);
    return sum;
  }

  send(to: number, message: ToWorker): void {
    const member = this.#members.get(to);
    if (member?.worker.isConnected()) member.worker.send(message, (error) => this.#sendFailed(to, error));
  }

  sendToOthers(from: number, message: ToWorker): void {
    for (const id of this.#members.keys()) if (id !== from) this.send(id, message);
  }

  /** When it is not in force afterwards, the policy before it is, everywhere. */
  apply(bundle: PolicyBundle): Promise<Applied> {
    const turn = this.#turn.then(() => this.#applyNow(bundle));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    clearInterval(this.#heart);
    const ended = [...this.#members.values()].map(
      (member) => new Promise<void>((resolve) => member.worker.once('exit', () => resolve())),
    );
    for (const id of this.#members.keys()) this.send(id, { kind: 'stop', graceMs });
    const force = setTimeout(() => this.#killAll(), graceMs + 1000);
    await Promise.all(ended);
    clearTimeout(force);
  }

  async #applyNow(bundle: PolicyBundle): Promise<Applied> {
    await this.#ports.choose(bundle.parts.routes.listeners);
    const members = [...this.#members.entries()];
    let prepared = 0;
    for (const [id, member] of members) {
      const problem = await this.#prepare(id, member, bundle);
      if (problem === 'ended') continue;
      if (problem !== undefined) {
        for (const [other] of members) this.send(other, { kind: 'discard', version: bundle.version });
        return { inForce: false, problem };
      }
      prepared += 1;
    }
    if (prepared === 0) return { inForce: false, problem: 'no worker of the gateway is running' };
    this.#policy = bundle;
    let listening: readonly ListenerAddress[] | undefined;
    const problems: string[] = [];
    for (const [id, member] of members) {
      const applied = await this.#ask(id, member, { kind: 'apply', version: bundle.version });
      if (applied === 'ended' || applied.kind !== 'applied') continue;
      if (applied.problem !== undefined) problems.push(applied.problem);
      this.#applied(member, bundle);
      listening = applied.listeners;
    }
    if (listening !== undefined) this.#options.onListening(listening);
    return { inForce: true, problem: problems[0] };
  }

  #applied(member: Member, bundle: PolicyBundle): void {
    member.policyVersion = bundle.version;
    member.known = bundle.parts;
  }

  async #prepare(id: number, member: Member, bundle: PolicyBundle): Promise<string | undefined> {
    await member.ready;
    member.busyUntilMs = Date.now() + PREPARE_TIMEOUT_MS;
    const answer = await this.#ask(id, member, {
      kind: 'prepare',
      version: bundle.version,
      digest: bundle.digest,
      parts: newParts(member.known, bundle.parts),
      ports: this.#ports.chosen,
      aside: this.#othersServe(member),
    });
    member.busyUntilMs = 0;
    member.heardMs = Date.now();
    if (answer === 'ended' || answer.kind !== 'prepared') return 'ended';
    return answer.problem;
  }

  #othersServe(member: Member): boolean {
    return [...this.#members.values()].some((other) => other !== member && other.policyVersion >= 0);
  }

  #ask(id: number, member: Member, message: ToWorker): Promise<FromWorker | 'ended'> {
    if (!this.#members.has(id)) return Promise.resolve('ended');
    return new Promise((resolve) => {
      member.waiting = (answer) => {
        member.waiting = undefined;
        resolve(answer);
      };
      this.send(id, message);
    });
  }

  #fork(): void {
    const worker = cluster.fork({ NODE_COMPILE_CACHE: this.#options.codeCache });
    const now = Date.now();
    const { promise: ready, resolve: setReady } = Promise.withResolvers<void>();
    const member: Member = {
      ready,
      setReady,
      worker,
      startedMs: now,
      heardMs: now,
      // Loading the code on a busy machine may take longer than a stuck worker is given.
      busyUntilMs: now + PREPARE_TIMEOUT_MS,
      policyVersion: -1,
      known: {},
      report: undefined,
      waiting: undefined,
    };
    this.#members.set(worker.id, member);
    worker.on('message', (message: FromWorker) => this.#hear(worker.id, member, message));
    worker.on('error', (error) => this.#sendFailed(worker.id, error));
    worker.on('exit', (code, signal) => this.#ended(worker.id, member, signal ?? code));
  }

  #hear(id: number, member: Member, message: FromWorker): void {
    member.heardMs = Date.now();
    switch (message.kind) {
      case 'hello':
        this.#welcome(id, member);
        break;
      case 'beat':
        member.report = message.report;
        break;
      case 'prepared':
      case 'applied':
        member.waiting?.(message);
        break;
      default:
        this.#options.onMessage(id, message);
    }
  }

  #welcome(id: number, member: Member): void {
    const { sourceKey, limits } = this.#options;
    member.busyUntilMs = 0;
    this.send(id, { kind: 'start', sourceKey, limits, collections: this.#options.collections() });
    member.setReady();
    this.#turn = this.#turn.then(() => this.#catchUp(id, member)).catch(() => undefined);
  }

  /** A worker that started after a policy came into force gets it alone. */
  async #catchUp(id: number, member: Member): Promise<void> {
    const policy = this.#policy;
    if (policy === undefined || member.policyVersion === policy.version) return;
    const problem = await this.#prepare(id, member, policy);
    if (problem !== undefined) {
      if (problem !== 'ended') this.#options.log('error', 'a new worker refused the policy in force', { problem });
      return;
    }
    const applied = await this.#ask(id, member, { kind: 'apply', version: policy.version });
    if (applied === 'ended' || applied.kind !== 'applied') return;
    this.#applied(member, policy);
    if (applied.problem !== undefined)
      this.#options.log('error', 'a new worker cannot listen', { problem: applied.problem });
  }

  #ended(id: number, member: Member, how: string | number): void {
    this.#members.delete(id);
    if (member.report !== undefined) addAll(this.#totals, member.report.counters);
    member.waiting?.('ended');
    member.setReady();
    if (this.#closing) return;
    this.replaced += 1;
    this.#options.log('warn', 'a worker ended and is replaced', { pid: member.worker.process.pid, how });
    const lived = Date.now() - member.startedMs;
    if (lived >= RESTART_PAUSE_MS) this.#fork();
    else setTimeout(() => this.#closing || this.#fork(), RESTART_PAUSE_MS);
  }

  #replaceStuck(): void {
    const now = Date.now();
    // When this process itself was stopped for a while, nobody could be heard: everybody gets a new chance.
    const slept = now - this.#lookedMs > this.#options.limits.stuckAfterMs / 2;
    this.#lookedMs = now;
    for (const member of this.#members.values()) {
      if (slept) member.heardMs = now;
      if (now - member.heardMs <= this.#options.limits.stuckAfterMs || now <= member.busyUntilMs) continue;
      this.#options.log('error', 'a worker is stuck and is killed', { pid: member.worker.process.pid });
      member.worker.process.kill('SIGKILL');
      member.heardMs = now;
    }
  }

  #killAll(): void {
    for (const member of this.#members.values()) member.worker.process.kill('SIGKILL');
  }

  #sendFailed(id: number, error: Error | null): void {
    // A worker that just died cannot be written to; its exit event does what is needed.
    if (error !== null && this.#members.has(id)) this.#options.log('info', 'message to a worker failed', { id });
  }
}

/** Parts are compared by identity: the bundle keeps the object of a part that did not change. */
function newParts(known: Partial<PolicyParts>, wanted: PolicyParts): Partial<PolicyParts> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, part]) => known[name as keyof PolicyParts] !== part), // names come from wanted
  );
}

function addAll(into: Map<string, number>, counters: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counters)) into.set(name, (into.get(name) ?? 0) + value);
}
