import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { connectNode, type NodeLink } from '@seawall/bus';
import {
  SCHEMA_VERSION,
  uuidv7,
  type Envelope,
  type EnvelopeBody,
  type EventId,
  type Inventory,
} from '@seawall/contract';
import { Fault, Redacted } from '@seawall/faults';
import { dockerAdapter, dockerClient, processAdapter, type Adapter } from '@seawall/orchestrate';
import { carryOut } from './carry-out.ts';
import { fault } from './faults.ts';

const HEALTH_MS = 3000;
/** Also without any event: what runs may change without telling. */
const INVENTORY_MS = 5000;
/** Bursts of events (500 containers at once) become one look. */
const SETTLE_MS = 100;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    node: { type: 'string', default: 'responder-1' },
    server: { type: 'string' },
    'token-file': { type: 'string' },
    supervisor: { type: 'string' },
    docker: { type: 'boolean', default: false },
    'docker-label': { type: 'string' },
  },
});
const log = pino({ name: 'responder' }, pino.destination(2));
const required = (name: 'data' | 'server' | 'token-file'): string => {
  const value = values[name];
  if (value === undefined) throw fault('responder.option', { what: `--${name} is needed` });
  return value;
};

const data = required('data');
mkdirSync(data, { recursive: true, mode: 0o700 });
const adapters: Adapter[] = [];
if (values.supervisor !== undefined) adapters.push(processAdapter(values.supervisor, join(data, 'evidence')));
if (values.docker) adapters.push(dockerAdapter(dockerClient(process.env['DOCKER_HOST']), values['docker-label']));
let sequence = 0;
let commands = 0;
let inventoryFailed = 0;
const loop = monitorEventLoopDelay();
loop.enable();

const link: NodeLink = await connectNode({
  socketPath: required('server'),
  node: values.node,
  role: 'responder',
  token: new Redacted(readFileSync(required('token-file'), 'utf8').trim()),
  folder: join(data, 'bus'),
  // A responder holds no policy of its own: it only says which one it knows of.
  onPolicy: async ({ version, digest }) => ({ version, digest }),
  async onCommand(command) {
    commands++;
    log.info({ action: command.action.id, kind: command.action.kind, step: command.step }, 'command');
    const result = await carryOut(adapters, command);
    log.info({ action: result.action, outcome: result.outcome }, 'result');
    look();
    return result;
  },
  log: (level, text, facts) => log[level](facts ?? {}, text),
});

const watchers = adapters.map((adapter) => adapter.watch(look));
const timers = [setInterval(health, HEALTH_MS), setInterval(look, INVENTORY_MS)];
let settling: NodeJS.Timeout | undefined;
look();
process.stdout.write(`${JSON.stringify({ event: 'listening', adapters: adapters.map((adapter) => adapter.name) })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close());

function look(): void {
  settling ??= setTimeout(() => {
    settling = undefined;
    for (const adapter of adapters) void report(adapter);
  }, SETTLE_MS);
}

async function report(adapter: Adapter): Promise<void> {
  const base = { adapter: adapter.name, capabilities: [...adapter.capabilities] };
  let inventory: Inventory;
  try {
    inventory = { ...base, items: [...(await adapter.inventory())] };
  } catch (error) {
    // An engine that cannot be reached is a state that people must see, not an end.
    inventoryFailed++;
    inventory = { ...base, items: [], problem: error instanceof Fault ? error.row.text : String(error) };
  }
  publish({ kind: 'inventory', inventory });
}

function health(): void {
  const { spoolBytes, shed, policy } = link.state();
  publish({
    kind: 'health',
    health: {
      role: 'responder',
      version: '0.1.0',
      policyVersion: policy?.version ?? 0,
      policyDigest: policy?.digest ?? '',
      workers: 0,
      loopDelayMs: loop.percentile(99) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      spoolBytes,
      counters: { commands, inventory_failed: inventoryFailed, statistics_shed: shed.statistics },
      instances: {},
    },
  });
  loop.reset();
}

function publish(body: EnvelopeBody): void {
  const now = Date.now();
  const envelope: Envelope = {
    schema: SCHEMA_VERSION,
    id: uuidv7<string>(now, randomBytes(10)) as EventId,
    timeMicros: now * 1000,
    node: values.node,
    sequence: sequence++,
    ...body,
  };
  link.publish([envelope]).catch((error: unknown) => log.error({ error: String(error) }, 'an event could not be kept'));
}

async function close(): Promise<void> {
  for (const timer of timers) clearInterval(timer);
  clearTimeout(settling);
  for (const watcher of watchers) watcher.close();
  await link.close(1000);
}
