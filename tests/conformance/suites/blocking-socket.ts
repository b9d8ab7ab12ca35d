import { startBackend } from './backend.ts';
import { type CrsCase, chosenCases } from './crs-cases.ts';
import { wireOf } from '../../../apps/cli/src/rule-cases/crs-request.ts';
import { inParallel } from './crs-socket.ts';
import { RunningGateway } from './gateway.ts';
import { type Exchange, RawSender } from './raw-client.ts';
import type { Report } from './report.ts';

// Sends the requests of CRS's tests through a real gateway in blocking mode, and benign ones beside them. Whether a request was refused is
// seen at the socket; whether it should have been is added up here from what the gateway's log says of each match.

export interface BlockingRun {
  readonly rules: string;
  readonly tests: string;
  readonly only?: string | undefined;
  readonly level: number;
}

/** A line of the log in its JSON form. */
interface Row {
  readonly id: number;
  readonly phase: number;
  readonly score: number;
  readonly disruptive: boolean;
  readonly clientPort: number;
}

/** Not messages that can be passed on: no score decides about them. */
const UNSCORED: ReadonlySet<number> = new Set([0, 400, 405, 408, 414, 431]);
const INBOUND_THRESHOLD = 5;
const OUTBOUND_THRESHOLD = 4;
const IN_FLIGHT = 16;
/** Rules of the engine's own settings, which refuse a body that cannot be read, whatever the score. */
const isEngineRule = (id: number): boolean => id >= 200_000 && id < 200_010;

export async function runBlockingOverSocket({ rules, tests, only, level }: BlockingRun, report: Report): Promise<void> {
  const cases = chosenCases(tests, only);
  const backend = await startBackend(false);
  const settings = { rules, level, mode: 'protect', format: 'json', backendPort: backend.port, workers: 2 } as const;
  try {
    const gateway = await RunningGateway.start(settings);
    try {
      const sender = new RawSender(gateway.port);
      const exchanges = await inParallel(cases, IN_FLIGHT, (one) => playAll(sender, one));
      const benign = await inParallel(BENIGN, IN_FLIGHT, (bytes) => sender.send(bytes));
      const rows = rowsByPort(await gateway.finish());
      for (const [index, { name }] of cases.entries())
        judge(`${name} at paranoia ${level}`, exchanges[index] ?? [], rows, report);
      tell(exchanges.flat(), level, report);
      for (const [index, exchange] of benign.entries()) {
        const text =
          exchange.status === 200 ? '' : `answered ${exchange.status}: ${JSON.stringify(rows.get(exchange.port))}`;
        report.case(`benign ${index + 1} at paranoia ${level}`, text === '' ? 'passed' : 'failed', text, { level });
      }
    } finally {
      await gateway.stop();
    }
  } finally {
    await backend.close();
  }
}

function tell(exchanges: readonly Exchange[], level: number, report: Report): void {
  const refused = exchanges.filter(({ status }) => status === 403).length;
  const unscored = exchanges.filter(({ status }) => UNSCORED.has(status)).length;
  const passed = exchanges.length - refused - unscored;
  const text = `paranoia ${level}: ${refused} refused, ${passed} passed, ${unscored} no messages that can be passed on`;
  report.note(text, { event: 'level', level, refused, passed, unscored });
}

async function playAll(sender: RawSender, { stages, era }: CrsCase): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (const { input } of stages) exchanges.push(await sender.send(wireOf(input, era)));
  return exchanges;
}

function judge(name: string, exchanges: readonly Exchange[], all: ReadonlyMap<number, Row[]>, report: Report): void {
  const wrong = exchanges.flatMap(({ port, status }) => {
    const rows = all.get(port) ?? [];
    if (UNSCORED.has(status)) return [];
    const points = (from: number, to: number): number =>
      rows.filter(({ phase }) => phase >= from && phase <= to).reduce((sum, { score }) => sum + score, 0);
    const inbound = points(1, 2);
    const outbound = points(3, 4);
    const byEngine = rows.some(({ id, disruptive }) => disruptive && isEngineRule(id));
    const due = byEngine || inbound >= INBOUND_THRESHOLD || outbound >= OUTBOUND_THRESHOLD;
    if ((status === 403) === due) return [];
    const matched = rows.map(({ id, score }) => `${id}+${score}`).join(' ');
    return [`answered ${status}; inbound ${inbound}, outbound ${outbound} (${matched})`];
  });
  const statuses = exchanges.map(({ status }) => status);
  report.case(name, wrong.length === 0 ? 'passed' : 'failed', wrong.join('; '), { statuses });
}

function rowsByPort(lines: readonly string[]): Map<number, Row[]> {
  const byPort = new Map<number, Row[]>();
  for (const line of lines) {
    const row = JSON.parse(line) as Row; // the gateway's own form, docs/conformance.md
    byPort.set(row.clientPort, [...(byPort.get(row.clientPort) ?? []), row]);
  }
  return byPort;
}

/** Requests that no paranoia level objects to. */
const BENIGN: readonly Buffer[] = [
  '/',
  '/news',
  '/about/team',
  '/products?page=two',
  '/search?word=boats',
  '/help/contact',
].flatMap((target) => [browser('GET', target, ''), browser('POST', target, 'name=Anna&town=Bergen')]);

function browser(method: string, target: string, form: string): Buffer {
  const fields = [
    'Host: shop.example.com',
    'User-Agent: Mozilla/5.0 Firefox/140.0',
    'Accept: text/html',
    'Accept-Language: en',
    'Connection: close',
  ];
  if (form !== '') fields.push('Content-Type: application/x-www-form-urlencoded', `Content-Length: ${form.length}`);
  return Buffer.from([`${method} ${target} HTTP/1.1`, ...fields, '', form].join('\r\n'), 'latin1');
}
