import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT, Fault } from '@seawall/faults';
import { pino } from 'pino';
import { fault } from './faults.ts';
import { DEFAULT_LIMITS, readLimits } from './limits.ts';
import { Agent, type AgentOptions } from './primary/agent.ts';

const STOP_GRACE_MS = 5000;

const log = pino({ name: 'gateway', level: process.env['SEAWALL_LOG'] ?? 'info' }, pino.destination(2));

function readArguments(): Omit<AgentOptions, 'log' | 'onListening' | 'workerEntry'> {
  const options = {
    data: { type: 'string' },
    node: { type: 'string' },
    server: { type: 'string' },
    'token-file': { type: 'string' },
    workers: { type: 'string' },
    limits: { type: 'string' },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ options, strict: true }));
  } catch (cause) {
    throw fault('gateway.bad-arguments', { detail: cause instanceof Error ? cause.message : '' }, cause);
  }
  const { data, node, server, 'token-file': tokenFile } = values;
  if (!data || !node || !server || !tokenFile) throw fault('gateway.bad-arguments', { detail: 'one is missing' });
  const workers = values.workers === undefined ? Math.max(2, availableParallelism()) : Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 256) {
    throw fault('gateway.bad-arguments', { detail: '--workers must be from 1 to 256' });
  }
  const limits = values.limits === undefined ? DEFAULT_LIMITS : readLimits(values.limits);
  return { data, node, server, tokenFile, workers, limits };
}

async function main(): Promise<void> {
  const agent = new Agent({
    ...readArguments(),
    workerEntry: fileURLToPath(new URL('./worker/main.ts', import.meta.url)),
    log: (level, text, facts) => log[level](facts ?? {}, text),
    onListening: (listeners) => process.stdout.write(`${JSON.stringify({ event: 'listening', listeners })}\n`),
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    agent.close(STOP_GRACE_MS).then(
      () => process.exit(EXIT.ok),
      (error: unknown) => {
        log.error({ error: String(error) }, 'stopping failed');
        process.exit(EXIT.internal);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await agent.start();
}

main().catch((error: unknown) => {
  const known = error instanceof Fault;
  log.error({ code: known ? error.code : undefined }, known ? error.row.text : String(error));
  process.exit(known && error.row.source === 'operator' ? EXIT.usage : EXIT.internal);
});
