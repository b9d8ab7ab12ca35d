import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { loadConfiguration, loadFile } from '@seawall/config';
import { EXIT, formatProblem } from '@seawall/faults';
import { Supervisor } from '@seawall/orchestrate';
import { connect } from '../client.ts';
import { fault } from '../faults.ts';
import { makePrivate, places } from '../places.ts';
import { announce, type Announcement } from './announce.ts';
import { buildDashboard } from './dashboard-build.ts';
import { scopeLabel } from './examples-docker.ts';
import { prepareExamples, type Examples } from './examples.ts';
import { lock } from './lock.ts';
import { checkListeners, choosePort, freePort } from './ports.ts';
import { roleSpecs } from './roles.ts';
import { keepTraffic, runTraffic } from './traffic.ts';

export interface UpOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly examples?: boolean;
  readonly docker?: boolean;
  readonly mode: string;
  readonly port?: string;
  readonly for?: string;
  readonly traffic: boolean;
  readonly dashboard: boolean;
  readonly rename?: string;
}

/** Runs every role on this host until a signal, or for the time given with --for. */
export async function up(options: UpOptions): Promise<void> {
  const say = (text: string) => process.stderr.write(`seawall: ${text}\n`);
  const forMs = options.for === undefined ? undefined : timeOf(options.for);
  if (!['off', 'monitor', 'protect'].includes(options.mode)) {
    throw fault('cli.value', { what: `--mode is off, monitor or protect, not "${options.mode}"` });
  }
  const { data, config } = folders(options);
  const unlock = lock(data);
  const supervisor = new Supervisor(data);
  const stopped = stopSignal();
  const held: Held = { examples: undefined };
  try {
    const left = supervisor.endLeftovers();
    if (left > 0) say(`ended ${left} processes that an earlier, killed Seawall had left behind`);
    const started = await start({ supervisor, options, data, config, say, stopped, held });
    if (started === undefined) return;
    const { announcement, examples } = started;
    announce(announcement, options.json === true);
    if (examples === undefined || !options.traffic)
      await (forMs === undefined ? stopped : Promise.race([stopped, sleep(forMs)]));
    else if (forMs === undefined) await keepTraffic(examples, stopped);
    else await demonstrate(examples, forMs, data, options.json === true, stopped);
  } finally {
    await supervisor.stopAll();
    await held.examples?.stop();
    unlock();
  }
}

/** What has to be stopped, also when starting fails half-way. */
interface Held {
  examples: Examples | undefined;
}

interface Context {
  readonly supervisor: Supervisor;
  readonly options: UpOptions;
  readonly data: string;
  readonly config: string;
  readonly say: (text: string) => void;
  readonly stopped: Promise<void>;
  readonly held: Held;
}

async function start(
  context: Context,
): Promise<{ announcement: Announcement; examples: Examples | undefined } | undefined> {
  const { supervisor, options, data, config, say } = context;
  const built = options.dashboard ? buildDashboard(say) : Promise.resolve(undefined);
  // An unhandled rejection would end the process before `await built` below can report it.
  built.catch(() => undefined);
  const examples = options.examples
    ? await prepareExamples({
        data,
        config,
        mode: options.mode,
        docker: options.docker === true,
        rename: options.rename,
      })
    : undefined;
  const loaded = loadConfiguration(config, data);
  if (!loaded.ok) {
    for (const problem of loaded.problems) process.stderr.write(`${formatProblem(problem)}\n`);
    process.exitCode = EXIT.usage;
    return undefined;
  }
  context.held.examples = examples;
  const { startup, gateway } = loaded.configuration;
  const wanted = options.port === undefined ? startup.dashboard.port : portOf(options.port);
  const dashboardPort = await choosePort(wanted, options.port !== undefined);
  await checkListeners(gateway.listen);
  writeFileSync(join(data, 'run', 'address'), `http://127.0.0.1:${dashboardPort}\n`, { mode: 0o600 });
  await supervisor.listen();
  const roles = roleSpecs({
    data,
    config,
    dashboard: await built,
    dashboardPort,
    decoyPort: await freePort(),
    supervisorSocket: supervisor.controlPath,
    dockerLabel: options.docker === true ? scopeLabel(data) : undefined,
    workers: startup.workers ?? (startup.cpus === undefined ? undefined : Math.max(1, Math.floor(startup.cpus))),
    heapMiB: startup.memory === undefined ? undefined : Math.max(64, Math.floor(startup.memory / 1_048_576)),
    user: startup.user === undefined ? undefined : userOf(startup.user),
  });
  await supervisor.start(roles.server);
  await Promise.all([
    supervisor.start(roles.decoy),
    supervisor.start(roles.gateway),
    supervisor.start(roles.responder),
    examples?.start(supervisor),
  ]);
  return {
    examples,
    announcement: {
      dashboard: `http://127.0.0.1:${dashboardPort}`,
      secret: readFileSync(join(data, 'sign-in-secret'), 'utf8').trim(),
      mode: options.mode,
      rules: loaded.configuration.policy.rules.sets.map((set) => set.name),
      listen: gateway.listen,
      routes: gateway.routes.map(({ name, host, path, mode }) => ({ name, host, path, mode })),
      data,
      examples: examples !== undefined,
    },
  };
}

/** The demonstration: friends and attackers for a while, then the report, which decides the exit code. */
async function demonstrate(
  examples: Examples,
  ms: number,
  data: string,
  json: boolean,
  stopped: Promise<void>,
): Promise<void> {
  const began = Date.now();
  const report = await runTraffic(examples, ms, stopped);
  if (report === undefined) return;
  const { rows } = await connect(data).call('actions', { query: { limit: 500 } });
  const taken = rows.filter(
    (action) => action.createdMicros >= began * 1000 && action.state !== 'refused' && !action.dryRun,
  );
  const whole = { ...report, actionsTaken: taken.length };
  process.stdout.write(json ? `${JSON.stringify(whole)}\n` : `${JSON.stringify(whole, null, 2)}\n`);
  if (report.attacksThatGotData !== 0 || report.friendlyHarmed !== 0) process.exitCode = EXIT.findings;
}

function folders(options: UpOptions): { data: string; config: string } {
  const { data, config } = places(options);
  const startup = loadFile(config, 'startup.yaml');
  // The folder that the command line names comes first; problems of the file are reported with all others.
  const wanted =
    options.data === undefined && startup.ok && startup.value.data !== undefined ? startup.value.data : data;
  for (const folder of [wanted, join(wanted, 'run'), join(wanted, 'log'), join(wanted, 'config')]) makePrivate(folder);
  const token = join(wanted, 'bus-token');
  try {
    writeFileSync(token, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  mkdirSync(config, { recursive: true });
  return { data: wanted, config };
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(EXIT.internal);
        asked = true;
        resolve();
      });
    }
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

function timeOf(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
  if (amount === undefined) throw fault('cli.value', { what: `--for is a time such as 90s or 5m, not "${text}"` });
  return Number(amount) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw fault('cli.value', { what: `--port is a number from 1 to 65535, not "${text}"` });
  return port;
}

function userOf(name: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}
