import type { Exchange, ExchangeId, Mode, RoutePolicy, Source, Verdict, Workload } from '@seawall/contract';
import { newId, nowMicros } from '../clock.ts';

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
}
