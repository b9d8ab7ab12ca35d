import { fileURLToPath } from 'node:url';
import { EXIT, Fault } from '@seawall/faults';
import { pino } from 'pino';
import { readArguments } from './arguments.ts';
import { Agent } from './primary/agent.ts';

const STOP_GRACE_MS = 5000;

const log = pino({ name: 'gateway', level: process.env['SEAWALL_LOG'] ?? 'info' }, pino.destination(2));

async function main(): Promise<void> {
  const agent = new Agent({
    ...readArguments(process.argv.slice(2)),
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
  // As logrotate asks; a hang-up of the terminal does no harm either.
  process.on('SIGHUP', () => void agent.reopenAudit());
  await agent.start();
}

main().catch((error: unknown) => {
  const known = error instanceof Fault;
  log.error({ code: known ? error.code : undefined }, known ? error.row.text : String(error));
  process.exit(known && error.row.source === 'operator' ? EXIT.usage : EXIT.internal);
});
