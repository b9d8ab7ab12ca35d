import { isIP } from 'node:net';
import { readFileSync } from 'node:fs';
import type { RoutePolicy } from '@seawall/contract';
import { EXIT, type Problem } from '@seawall/faults';
import { explain as explainExchange, loadRules, parseExclusion, type Exclusion, type RuleSet } from '@seawall/seclang';
import { readRequest, readResponse } from '../explain/read-message.ts';
import { reportOf } from '../explain/report.ts';
import { fault } from '../faults.ts';
import { places } from '../places.ts';
import { printJson } from '../print.ts';
import { runnableFiles } from '../rules/rule-source.ts';
import { printProblems } from './rules.ts';

export interface ExplainOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly rules?: readonly string[];
  readonly set?: string;
  readonly mode?: 'protect' | 'monitor' | 'off';
  readonly response?: string;
  readonly exclude?: readonly string[];
  readonly client?: string;
  readonly all?: boolean;
}

interface Chosen {
  readonly ruleSet: RuleSet;
  readonly name: string;
  readonly route: RoutePolicy | undefined;
}

const ENGINE = { protect: 'on', monitor: 'detect', off: 'off' } as const;
/** A file of this size is no message that a gateway would take. */
const MAX_BYTES = 64 * 1_048_576;

/** Exit code 0: it would pass; 1: it would be blocked. */
export async function explain(file: string, options: ExplainOptions): Promise<void> {
  const bytes = readBytes(file);
  const request = readRequest(bytes, file);
  const { host, message } = request;
  const response =
    options.response === undefined
      ? undefined
      : readResponse(readBytes(options.response), options.response, message.head.method);
  const exclusions = readExclusions(options.exclude ?? [], options);
  const chosen = exclusions && (await choose(host, message.head.target, options));
  if (exclusions === undefined || chosen === undefined) return;
  const mode = options.mode ?? chosen.route?.mode ?? 'protect';
  const notes = [...request.notes, ...(response?.notes ?? []).map((note) => `answer: ${note}`)];
  const explanation = explainExchange({
    ruleSet: chosen.ruleSet,
    facts: {
      clientAddress: clientOf(options.client),
      clientPort: 40_000,
      serverAddress: '127.0.0.1',
      serverPort: 80,
      engine: ENGINE[mode],
    },
    environment: { nowMicros: Date.now() * 1000, uniqueId: 'explained' },
    exchange: {
      request: { ...message, ...bounded(message, chosen.route, notes) },
      ...(response === undefined ? {} : { response: response.message }),
    },
    exclusions,
  });
  if (explanation.verdict.kind !== 'continue') process.exitCode = EXIT.findings;
  const rules = `${chosen.name}: ${chosen.ruleSet.rules} rules${chosen.ruleSet.version === '' ? '' : `, ${chosen.ruleSet.version}`}`;
  if (options.json) return printJson({ event: 'explanation', ruleSet: rules, mode, notes, ...explanation });
  const title = `${message.head.method} ${message.head.target} ${message.head.protocol}`;
  const columns = Math.min(process.stdout.columns ?? 120, 160);
  const colour = process.stdout.isTTY && process.stdout.hasColors();
  process.stdout.write(
    reportOf({ title, rules, mode, notes }, explanation, { columns, colour, all: options.all ?? false }),
  );
}

function clientOf(address = '127.0.0.1'): string {
  if (isIP(address) !== 0) return address;
  throw fault('cli.value', { what: '--client is an IP address, as in 192.0.2.7.' });
}

function readBytes(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path === '-' ? 0 : path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fault('cli.unreadable', { path: path === '-' ? 'standard input' : path, reason }, error);
  }
  if (bytes.length > MAX_BYTES) throw fault('cli.no-message', { path, reason: `it is larger than ${MAX_BYTES} bytes` });
  return bytes;
}

function readExclusions(texts: readonly string[], options: ExplainOptions): readonly Exclusion[] | undefined {
  const read = texts.map(parseExclusion);
  const problems = read.flatMap((one) => ('ruleId' in one ? [] : one));
  if (problems.length > 0) return refuse(problems, options);
  return read.flatMap((one) => ('ruleId' in one ? [one] : []));
}

function refuse(problems: readonly Problem[], options: ExplainOptions): undefined {
  printProblems(problems, options);
  process.exitCode = EXIT.usage;
  return undefined;
}

/** The rules given, else those that the configuration has for the request's route. */
async function choose(host: string, target: string, options: ExplainOptions): Promise<Chosen | undefined> {
  if (options.rules !== undefined) {
    const loaded = loadRules(runnableFiles(options.rules));
    if (!loaded.ok) return refuse(loaded.problems, options);
    return { ruleSet: loaded.ruleSet, name: options.rules.join(' '), route: undefined };
  }
  const { configuredRules, loadSet, routeFor } = await import('../rules/configured-rules.ts');
  const configured = configuredRules(places(options));
  if (!configured.ok) return refuse(configured.problems, options);
  const route = routeFor(configured.routes, host, target);
  const name = options.set ?? route?.ruleSet ?? 'default';
  const loaded = loadSet(configured.rules, name);
  if (!loaded.ok) return refuse(loaded.problems, options);
  const place = route === undefined ? 'no route fits' : `route ${route.name}`;
  return { ruleSet: loaded.ruleSet, name: `${name} (${place})`, route };
}

/** The rules see no more of a body than the route inspects. */
function bounded(
  { body, complete }: { readonly body: string; readonly complete: boolean },
  route: RoutePolicy | undefined,
  notes: string[],
): { readonly body: string; readonly complete: boolean } {
  const max = route?.maxInspectedBodyBytes ?? Number.POSITIVE_INFINITY;
  if (body.length <= max) return { body, complete };
  const then = route?.bodyOverLimit === 'reject' ? 'the gateway answers 413' : 'the gateway passes the rest unseen';
  notes.push(`the body has ${body.length} bytes, the route inspects ${max} of them; ${then}`);
  return { body: body.slice(0, max), complete: false };
}
