import type { Draft } from '../messages.ts';
import type { Exchange, ExchangeId, Mode, RoutePolicy, Source, Verdict, Workload } from '@seawall/contract';
import { newId, nowMicros } from '../clock.ts';

const MAX_PATH = 512;
const MAX_TEXT = 256;

/** What is learnt about one exchange on its way; becomes its `exchange` envelope. */
export class Trace {
  readonly id: ExchangeId = newId();
  readonly startedMicros = nowMicros();
  parent: ExchangeId | undefined;
  protocol: Exchange['protocol'] = 'http/1.1';
  route = '';
  service = '';
  instance = '';
  mode: Mode = 'off';
  method = '';
  host = '';
  path = '';
  query = '';
  userAgent = '';
  status = 0;
  login: Exchange['login'];
  bytesIn = 0;
  bytesOut = 0;
  waitMicros = 0;
  connectMicros = 0;
  firstByteMicros = 0;
  inspectMicros = 0;
  verdict: Verdict = 'passed';
  findings = 0;
  source: Source;
  /** The request carried a cookie or credentials of any kind: the answer may hold somebody's data. */
  credentials = false;
  readonly address: string;

  constructor(address: string) {
    this.address = address;
    this.source = { kind: 'address', address };
  }

  setRoute(route: RoutePolicy): void {
    this.route = route.name;
    this.service = route.service;
    this.mode = route.mode;
  }

  workload(): Workload | undefined {
    if (this.service === '') return undefined;
    const workload = this.instance === '' ? this.service : this.instance;
    return { cluster: 'local', namespace: 'default', service: this.service, workload };
  }

  draft(): Draft {
    const workload = this.workload();
    const exchange: Exchange = {
      id: this.id,
      ...(this.parent === undefined ? {} : { parent: this.parent }),
      protocol: this.protocol,
      route: this.route,
      service: this.service,
      instance: this.instance,
      mode: this.mode,
      method: this.method.slice(0, 32),
      host: this.host.slice(0, MAX_TEXT),
      path: this.path.slice(0, MAX_PATH),
      status: this.status,
      address: this.address,
      userAgent: this.userAgent.slice(0, MAX_TEXT),
      ...(this.login === undefined ? {} : { login: this.login }),
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      waitMicros: this.waitMicros,
      connectMicros: this.connectMicros,
      firstByteMicros: this.firstByteMicros,
      inspectMicros: this.inspectMicros,
      totalMicros: Math.max(0, nowMicros() - this.startedMicros),
      verdict: this.verdict,
      findings: this.findings,
    };
    return {
      kind: 'exchange',
      exchange,
      id: newId(),
      timeMicros: this.startedMicros,
      source: this.source,
      ...(workload === undefined ? {} : { workload }),
    };
  }
}
