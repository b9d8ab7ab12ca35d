import { EXIT, Fault, formatProblem } from '@seawall/faults';
import pino from 'pino';
import { readArguments } from './arguments.ts';
import { openConfigSource } from './config-source.ts';
import { dataPlaces, keptSecret, makePrivateFolder } from './data-folder.ts';
import { startServer } from './start-server.ts';

const DAY_MS = 86_400_000;
/** What is not closed by then is cut: the store is synced at every commit, and nodes send again what was not acknowledged. */
const CLOSE_MS = 8000;
/** Listened on, but no name that a request should come by. */
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

const log = pino({ name: 'server', level: 'info' }, pino.destination(2));

async function run(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  const places = dataPlaces(args.data);
  makePrivateFolder(places.folder);
  const opened = openConfigSource({
    folder: args.config,
    dataFolder: args.data,
    decoy: args.decoy,
    decoySecret: keptSecret(places.decoySecret),
    lastGood: args.lastGood ? places.lastGood : undefined,
    log,
  });
  if (!opened.ok) {
    for (const problem of opened.problems) process.stderr.write(`${formatProblem(problem)}\n`);
    process.exitCode = EXIT.usage;
    return;
  }
  const { source } = opened;
  const { database, startup } = source.first;
  const address = args.address ?? startup.dashboard.address;
  const server = await startServer({
    data: args.data,
    address,
    port: args.port ?? startup.dashboard.port,
    socketPath: args.socket,
    nodeToken: keptSecret(args.tokenFile),
    source,
    dashboard: args.dashboard,
    hostNames: [...args.hostNames, ...(ANY_ADDRESS.has(address) ? [] : [address])],
    log,
    store: {
      traffic: database.traffic.engine,
      retentionDays: database.records.keepFindings / DAY_MS,
      trafficRetentionDays: database.traffic.keep / DAY_MS,
    },
  });
  process.stdout.write(`${JSON.stringify({ event: 'listening', address: server.address })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(EXIT.internal), CLOSE_MS).unref();
      server.close().then(
        () => process.exit(EXIT.ok),
        (error: unknown) => {
          log.error({ err: error }, 'closing failed');
          process.exit(EXIT.internal);
        },
      );
    });
  }
}

try {
  await run();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (!(error instanceof Fault)) {
    log.fatal({ err: error }, 'the server could not start');
    return EXIT.internal;
  }
  process.stderr.write(`seawall server: ${error.row.text} [${error.code}]\n`);
  return error.row.source === 'operator' ? EXIT.usage : EXIT.internal;
}
