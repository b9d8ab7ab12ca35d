import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectNode, type NodeLink } from '@seawall/bus';
import { SCHEMA_VERSION, type DecoyStep, type Envelope, type EnvelopeBody, type EventId } from '@seawall/contract';
import { EXIT, Fault } from '@seawall/faults';
import { pino } from 'pino';
import { readArguments, type DecoyArguments } from './arguments.ts';
import { newId, nowMicros } from './clock.ts';
import { Decoy } from './decoy.ts';
import { Health } from './health.ts';
import { DEFAULT_DECOY_LIMITS } from './limits.ts';

const HEALTH_MS = 3_000;
const STOP_GRACE_MS = 3_000;

const log = pino({ name: 'decoy', level: process.env['SEAWALL_LOG'] ?? 'info' }, pino.destination(2));
type Log = ConstructorParameters<typeof Decoy>[0]['log'];
const say: Log = (level, text, facts) => log[level](facts ?? {}, text);

/** Wraps events in the envelope of this node. */
function envelopes(node: string): (body: EnvelopeBody, about?: Partial<Envelope>) => Envelope {
  let sequence = 0;
  return (body, about = {}) => ({
    schema: SCHEMA_VERSION,
    id: newId<EventId>(),
    timeMicros: nowMicros(),
    node,
    sequence: sequence++,
    ...about,
    ...body,
  });
}

async function run(given: DecoyArguments): Promise<() => Promise<void>> {
  const { data, node, server, token } = given;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const wrap = envelopes(node);
  let link: NodeLink | undefined;
  const decoy = new Decoy({ limits: DEFAULT_DECOY_LIMITS, record, log: say });

  async function record(step: DecoyStep): Promise<void> {
    const workload = { cluster: 'local', namespace: 'default', service: step.service, workload: 'decoy' };
    await link?.publish([wrap({ kind: 'decoy', step }, { source: step.source, workload })]);
  }

  link = await connectNode({
    socketPath: server,
    node,
    role: 'decoy',
    token,
    folder: join(data, 'bus'),
    async onPolicy({ version, digest, parts }) {
      decoy.setPolicy(parts);
      return { version, digest };
    },
    log: say,
  });
  const connected = link;
  const port = await decoy.listen(given.address, given.port);
  process.stdout.write(`${JSON.stringify({ event: 'listening', port })}\n`);

  const health = new Health();
  const timer = setInterval(() => {
    connected
      .publish([wrap({ kind: 'health', health: health.of(decoy, connected.state()) })])
      .catch((error: unknown) => log.error({ error: String(error) }, 'the health event could not be kept'));
  }, HEALTH_MS);

  return async () => {
    clearInterval(timer);
    health.stop();
    await decoy.close();
    await connected.close(STOP_GRACE_MS);
  };
}

async function main(): Promise<void> {
  const close = await run(readArguments(process.argv.slice(2)));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    close().then(
      () => process.exit(EXIT.ok),
      (error: unknown) => {
        log.error({ error: String(error) }, 'stopping failed');
        process.exit(EXIT.internal);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const known = error instanceof Fault;
  log.error({ code: known ? error.code : undefined }, known ? error.row.text : String(error));
  process.exit(known && error.row.source === 'operator' ? EXIT.usage : EXIT.internal);
});
