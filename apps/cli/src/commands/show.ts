import { sourceKey, type Action, type FindingRow } from '@seawall/contract';
import { EXIT } from '@seawall/faults';
import { connect } from '../client.ts';
import { places } from '../places.ts';
import { cell, printJson, printTable, visibleLines, when } from '../print.ts';

export interface ShowOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly limit: number;
}

export interface FindingsOptions extends ShowOptions {
  readonly service?: string;
  readonly family?: string;
}

export interface ActionsOptions extends ShowOptions {
  readonly state?: string;
}

export async function findings(id: string | undefined, options: FindingsOptions): Promise<void> {
  const client = connect(places(options).data);
  if (id !== undefined) {
    const { row, actions } = await client.call('finding', { params: { id } });
    if (options.json) return printJson({ row, actions });
    return printFinding(row, actions);
  }
  const { service, family } = options;
  const query = { limit: options.limit, service, family };
  const { rows } = await client.call('findings', { query });
  if (options.json) return rows.forEach(printJson);
  printTable(
    ['TIME', 'VERDICT', 'SEVERITY', 'SERVICE', 'FAMILY', 'SOURCE', 'WHAT', 'ID'],
    rows.map(({ timeMicros, finding, service: name, source }) => [
      when(timeMicros),
      finding.verdict,
      finding.severity,
      cell(name, 16),
      cell(finding.family, 10),
      cell(source === undefined ? finding.request.address : sourceKey(source), 34),
      cell(finding.title, 50),
      finding.id,
    ]),
  );
}

/** The same explanation as the console's Finding screen: bytes, rule, part, decoding, score, what was done, how to undo, how to except. */
function printFinding({ finding, source, timeMicros, service }: FindingRow, actions: readonly Action[]): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  out(cell(finding.title, 200));
  out(`  when      ${when(timeMicros)} UTC`);
  out(
    `  what      ${cell(`${finding.request.method} ${finding.request.host}${finding.request.path}${finding.request.query ? `?${finding.request.query}` : ''}`, 200)}`,
  );
  out(
    `  who       ${cell(source === undefined ? finding.request.address : sourceKey(source), 80)} from ${cell(finding.request.address)} (${cell(finding.request.userAgent, 80)})`,
  );
  out(`  against   ${cell(service)} (route ${cell(finding.request.route)}, mode ${finding.mode})`);
  out(`  score     ${finding.score} of ${finding.threshold} (${finding.severity})`);
  out(`  done      ${cell(finding.done, 200)}`);
  for (const match of finding.matches) {
    out(`\n  rule ${cell(match.ruleId)}  +${match.score}  ${cell(match.message, 120)}`);
    if (match.file !== undefined) out(`    at      ${cell(match.file, 80)}:${match.line ?? '?'}`);
    out(`    part    ${cell(match.target, 120)}`);
    for (const step of match.steps)
      out(`    ${cell(step.transformation).padEnd(18)} ${cell(step.before)} -> ${cell(step.after)}`);
    out(`    bytes   ${marked(match.value, match.span)}`);
    if (match.detail !== undefined) out(`    why     ${cell(match.detail, 160)}`);
  }
  out('');
  for (const action of actions)
    out(
      `  action    ${action.kind}, ${action.state}; undo: seawall actions undo ${action.id}  (${cell(action.undo, 160)})`,
    );
  if (finding.exception !== undefined) out(`  exception ${visibleLines(finding.exception.trim())}`);
}

function marked(value: string, span: readonly [number, number] | undefined): string {
  if (span === undefined) return cell(value, 160);
  const [from, to] = span;
  const before = cell(value.slice(Math.max(0, from - 40), from), 60);
  return `${before}>>>${cell(value.slice(from, to), 100)}<<<${cell(value.slice(to, to + 40), 60)}`;
}

export async function actions(options: ActionsOptions): Promise<void> {
  const client = connect(places(options).data);
  const { rows } = await client.call('actions', { query: { limit: options.limit, state: options.state } });
  if (options.json) return rows.forEach(printJson);
  printTable(
    ['TIME', 'ACTION', 'STATE', 'TARGET', 'EXPIRES', 'WHY', 'ID'],
    rows.map((action) => [
      when(action.createdMicros),
      action.dryRun ? `${action.kind} (dry run)` : action.kind,
      action.state,
      cell(targetText(action), 40),
      action.expiresMicros === undefined ? '-' : when(action.expiresMicros),
      cell(action.cause.reason, 60),
      action.id,
    ]),
  );
}

function targetText({ target }: Action): string {
  switch (target.kind) {
    case 'source':
      return sourceKey(target.source);
    case 'account':
      return `account ${target.account} of ${target.service}`;
    case 'workload':
      return target.workload.workload;
    default:
      return target satisfies never;
  }
}

export async function undo(id: string, options: ShowOptions & { reason?: string }): Promise<void> {
  const client = connect(places(options).data);
  const action = await client.call('undoAction', { params: { id }, body: { reason: options.reason ?? '' } });
  if (options.json) return printJson(action);
  process.stdout.write(`${action.kind} of ${cell(targetText(action))}: ${action.state}\n`);
}

export async function status(options: ShowOptions): Promise<void> {
  const client = connect(places(options).data);
  const overview = await client.call('overview', { query: {} });
  const { services } = overview;
  // Unknown is as red as unprotected, in either form of output.
  if (services.some(({ protection }) => protection === 'unknown' || protection === 'unprotected')) {
    process.exitCode = EXIT.findings;
  }
  if (options.json) return printJson(overview);
  if (services.length === 0) process.stdout.write('no service is configured yet; name one in gateway.yaml\n');
  printTable(
    ['SERVICE', 'PROTECTION', 'INSTANCES', 'REQUESTS/S', 'WHY'],
    services.map((service) => [
      cell(service.service, 30),
      service.protection,
      cell(service.instances.map(({ instance, state }) => `${instance} ${state}`).join(', '), 60),
      service.requestsPerSecond.toFixed(1),
      cell(service.reason, 60),
    ]),
  );
  const { figures, nodes } = overview;
  process.stdout.write(
    `nodes: ${nodes.map((node) => `${cell(node.node)} ${node.state}`).join(', ') || 'none'}\n` +
      `blocked/min: ${figures.blockedPerMinute.value}   diverted sources: ${figures.divertedSources.value}   open incidents: ${figures.openIncidents.value}\n`,
  );
}
