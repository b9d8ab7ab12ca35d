import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { INSTANCE_LABEL, SERVICE_LABEL } from '@seawall/orchestrate';
import { fault } from '../faults.ts';
import { ROOT } from '../places.ts';

const run = promisify(execFile);
const PUBLIC_BASE = 'docker.io/library/debian:bookworm-slim';
const OWN_BASE = 'seawall-base:bookworm';
/** Ties containers and networks to one data folder: what an earlier, killed run left is found and removed by it. */
const RUN_LABEL = 'seawall.examples';
const SCOPE_LABEL = 'seawall.scope';
/** From the start of the last container: as long as a process of this machine may take. */
const READY_MS = 60_000;

/** What the containers carry that the gateway of this data folder stands before, and no other: those may be acted on. */
export function scopeLabel(data: string): string {
  return `${SCOPE_LABEL}=${runOf(data)}`;
}

function runOf(data: string): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 8);
}

function markerOf(data: string): string {
  return join(data, 'run', 'containers');
}

/** A start without containers also ends those of an earlier, killed one. */
export async function removeLeftContainers(data: string): Promise<void> {
  if (existsSync(markerOf(data))) await new ExampleContainers(data, '', []).remove();
}

export interface ContainerPlan {
  readonly name: string;
  readonly service: string;
  readonly isFront: boolean;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly listens: { readonly port: number };
}

/** Runs the example processes as containers: not root, nothing writable but scratch, no capability. */
export class ExampleContainers {
  readonly #run: string;
  readonly #marker: string;
  readonly #runFile: string;
  readonly #plans: readonly ContainerPlan[];
  #starting: Promise<void> | undefined;
  #stopped = false;

  constructor(data: string, runFile: string, plans: readonly ContainerPlan[]) {
    this.#run = runOf(data);
    this.#marker = markerOf(data);
    this.#runFile = runFile;
    this.#plans = plans;
  }

  /** Before anything else is started: without an engine there is nothing to do. */
  static async check(): Promise<void> {
    await docker('version', '--format', '{{.Server.Version}}');
  }

  /** What an earlier, killed run left is removed first; what fails half-way is left to `stop`. */
  start(): Promise<void> {
    this.#starting = this.#start();
    return this.#starting;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    // It ends soon by the mark above, and its failure is known to whoever started it.
    await this.#starting?.catch(() => undefined);
    await this.remove();
  }

  async #start(): Promise<void> {
    await this.remove();
    writeFileSync(this.#marker, '', { mode: 0o600 });
    const image = await ensureImage();
    if (this.#stopped) return;
    await docker('network', 'create', '--label', `${RUN_LABEL}=${this.#run}`, this.#network);
    for (const plan of this.#plans) if (!this.#stopped) await docker(...this.#command(plan, image));
    const untilMs = Date.now() + READY_MS;
    for (const plan of this.#plans) await this.#ready(plan, untilMs);
  }

  /** A published port takes connections before anybody listens behind it: what counts is the line that the example prints. */
  async #ready({ name }: ContainerPlan, untilMs: number): Promise<void> {
    const container = `${name}-${this.#run}`;
    while (!this.#stopped && !(await docker('logs', container)).includes('"event":"ready"')) {
      if (Date.now() > untilMs) throw fault('cli.container-late', { name: container, seconds: READY_MS / 1000 });
      await sleep(100);
    }
  }

  async remove(): Promise<void> {
    const filter = `label=${RUN_LABEL}=${this.#run}`;
    const containers = (await docker('ps', '-aq', '--filter', filter)).split('\n').filter(Boolean);
    if (containers.length > 0) await docker('rm', '-f', ...containers);
    const networks = (await docker('network', 'ls', '-q', '--filter', filter)).split('\n').filter(Boolean);
    for (const network of networks) await docker('network', 'rm', network);
    rmSync(this.#marker, { force: true });
  }

  get #network(): string {
    return `seawall-examples-${this.#run}`;
  }

  #command({ name, service, isFront, args, env, listens }: ContainerPlan, image: string): string[] {
    const { uid, gid } = userInfo();
    const variables = Object.entries({
      ...env,
      ...this.#addresses(env),
      EXAMPLE_RUN_FILE: '/run.json',
      EXAMPLE_DATA: '/scratch',
    });
    const labels = `--label ${RUN_LABEL}=${this.#run}`;
    const front = `--label ${SERVICE_LABEL}=${service} --label ${INSTANCE_LABEL}=${name} --label ${SCOPE_LABEL}=${this.#run}`;
    const place = `--name ${name}-${this.#run} --network ${this.#network} --network-alias ${name} ${labels}`;
    const shut = `--user ${uid}:${gid} --read-only --cap-drop ALL --security-opt no-new-privileges`;
    const bounds = '--pids-limit 128 --memory 256m --restart on-failure:10 --tmpfs /tmp';
    // A look-up that begins while the network is cut must not outlast the cut.
    const names = '--dns-opt timeout:1 --dns-opt attempts:2';
    // Only what the gateway stands before is published, and on loopback alone.
    const published = isFront ? ` ${front} -p 127.0.0.1:${listens.port}:${listens.port}` : '';
    return [
      ...`run -d ${place} ${shut} ${bounds} ${names}${published}`.split(' '),
      '--tmpfs',
      `/scratch:uid=${uid},gid=${gid},mode=0700,exec`,
      '-v',
      `${this.#runFile}:/run.json:ro`,
      ...variables.flatMap(([key, value]) => ['-e', `${key}=${value}`]),
      image,
      ...args.map((argument) => argument.replace(join(ROOT, 'examples'), '/opt/examples')),
    ];
  }

  /** Addresses of this host become names on the containers' network; what is listened on becomes every address of the container. */
  #addresses(env: Readonly<Record<string, string>>): Record<string, string> {
    const byPort = new Map(this.#plans.map((plan) => [String(plan.listens.port), plan.name]));
    return Object.fromEntries(
      Object.entries(env).flatMap(([key, value]) => {
        const port = /^127\.0\.0\.1:(\d+)$/.exec(value)?.[1];
        if (port === undefined) return [];
        return [[key, key === 'EXAMPLE_LISTEN' ? `0.0.0.0:${port}` : `${byPort.get(port) ?? '127.0.0.1'}:${port}`]];
      }),
    );
  }
}

/** The image of these very sources; built when it is not there. */
async function ensureImage(): Promise<string> {
  const hash = createHash('sha256');
  const sources = ['chat', 'campus', 'ground'].flatMap((name) =>
    globSync(`examples/${name}/**/*.{ts,json}`, { cwd: ROOT }),
  );
  for (const path of sources.toSorted()) hash.update(path).update(readFileSync(join(ROOT, path)));
  const image = `seawall-examples:${hash.digest('hex').slice(0, 12)}`;
  if ((await docker('images', '-q', image)) !== '') return image;
  const base = await ensureBase();
  const context = mkdtempSync(join(tmpdir(), 'seawall-image-'));
  try {
    mkdirSync(join(context, 'bin'));
    cpSync(process.execPath, join(context, 'bin/node'));
    cpSync(join(ROOT, 'examples'), join(context, 'examples'), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
    await docker(
      'build',
      '-q',
      '--build-arg',
      `BASE=${base}`,
      '-t',
      image,
      '-f',
      join(ROOT, 'deploy/docker/examples.Dockerfile'),
      context,
    );
  } finally {
    rmSync(context, { recursive: true });
  }
  return image;
}

/** The public base; without a registry, a Debian made on this machine. */
async function ensureBase(): Promise<string> {
  for (const base of [PUBLIC_BASE, OWN_BASE]) if ((await docker('images', '-q', base)) !== '') return base;
  try {
    await docker('pull', '-q', PUBLIC_BASE);
    return PUBLIC_BASE;
  } catch (pullError) {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-base-'));
    try {
      const tar = join(folder, 'base.tar');
      execFileSync('mmdebstrap', ['--variant=minbase', 'bookworm', tar], { stdio: 'ignore', timeout: 300_000 });
      await docker('import', tar, OWN_BASE);
      return OWN_BASE;
    } catch (error) {
      throw fault('cli.no-base-image', { image: PUBLIC_BASE }, new AggregateError([pullError, error]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

async function docker(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('docker', [...args], {
      // Debian's client has no BuildKit; the classic builder is enough here.
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
      maxBuffer: 16 * 1_048_576,
    });
    return stdout.trim();
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'there is no command of this name' : stderr || String(error);
    throw fault('cli.docker', { command: args[0] ?? '', reason }, error);
  }
}
