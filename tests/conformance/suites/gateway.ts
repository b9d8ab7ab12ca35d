import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Hub, listenHub, makeBundle } from '@seawall/bus';
import { loadConfiguration } from '@seawall/config';
import { formatProblem, Redacted } from '@seawall/faults';
import { setupFile } from './crs.ts';
import { suiteSettings } from './crs-settings.ts';

// A gateway as it is run by its users: its own processes, CRS where `seawall rules install crs` puts it, the suite's settings at the end of
// crs-setup.conf, gateway.yaml and rules.yaml, and the log that gateway.yaml asks for.

const MAIN = fileURLToPath(new URL('../../../apps/gateway/src/main.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;
const TOKEN = 'conformance-token';

export interface GatewayOptions {
  /** Folder of *.conf and *.data of CRS. */
  readonly rules: string;
  readonly level: number;
  readonly mode: 'monitor' | 'protect';
  readonly format: 'modsecurity' | 'json';
  readonly backendPort: number;
  readonly workers: number;
}

export class RunningGateway {
  readonly #folder = mkdtempSync(join(tmpdir(), 'seawall-conformance-'));
  #hub: Hub | undefined;
  #process: ChildProcess | undefined;
  #stderr = '';
  port = 0;

  /** The end of what it said on standard error. */
  get complaints(): string {
    return this.#stderr;
  }

  static async start(options: GatewayOptions): Promise<RunningGateway> {
    const gateway = new RunningGateway();
    try {
      await gateway.#start(options);
      return gateway;
    } catch (error) {
      await gateway.stop();
      throw error;
    }
  }

  async #start(options: GatewayOptions): Promise<void> {
    const config = join(this.#folder, 'config');
    installCrs(this.#folder, options);
    mkdirSync(config);
    writeFileSync(join(config, 'gateway.yaml'), gatewayYaml(options));
    writeFileSync(join(config, 'rules.yaml'), `sets: {default: {use: [crs], paranoia: ${options.level}}}\n`);
    const loaded = loadConfiguration(config, this.#folder);
    if (!loaded.ok)
      throw new Error(`the configuration does not load:\n${loaded.problems.map(formatProblem).join('\n')}`);
    const socketPath = join(this.#folder, 'bus.sock');
    this.#hub = await listenHub({
      socketPath,
      token: new Redacted(TOKEN),
      // The log is what is judged; findings are not kept.
      onEvents: () => Promise.resolve(),
      log: () => undefined,
    });
    const decoy = { secret: 'the-suites-have-no-decoy' };
    this.#hub.setPolicy(makeBundle(1, { ...loaded.configuration.policy, orders: [], decoy, likeness: [] }));
    writeFileSync(join(this.#folder, 'token'), TOKEN, { mode: 0o600 });
    const limits = JSON.stringify({ maxConnectionsPerAddress: 5000 });
    this.#process = spawn(
      process.execPath,
      [
        ...['--disable-warning=ExperimentalWarning', MAIN, '--data', join(this.#folder, 'gateway'), '--node', 'suite'],
        ...['--server', socketPath, '--token-file', join(this.#folder, 'token')],
        ...['--workers', String(options.workers), '--limits', limits],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-20_000);
    });
    this.port = await this.#listening(this.#process);
  }

  async #listening(child: ChildProcess): Promise<number> {
    let line = '';
    child.stdout?.on('data', (chunk: Buffer) => (line += chunk.toString()));
    const end = Date.now() + START_TIMEOUT_MS;
    while (!line.includes('\n')) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`the gateway does not listen:\n${this.#stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const event = JSON.parse(line.split('\n')[0] ?? '') as { listeners: { port: number }[] }; // as docs/cli.md says
    return event.listeners[0]?.port ?? 0;
  }

  /** Ends the gateway, and gives the lines of its log: everything is written by then. */
  async finish(): Promise<string[]> {
    await this.#end();
    const log = readFileSync(join(this.#folder, 'gateway/audit.log'), 'latin1');
    return log.split('\n').slice(0, -1);
  }

  async stop(): Promise<void> {
    await this.#end();
    await this.#hub?.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    if (child.exitCode !== 0) throw new Error(`the gateway ended with ${child.exitCode}:\n${this.#stderr}`);
  }
}

function installCrs(data: string, { rules, level }: GatewayOptions): void {
  const target = join(data, 'rules/crs');
  mkdirSync(join(target, 'rules'), { recursive: true });
  for (const name of readdirSync(rules)) {
    if (/\.(?:conf|data)$/.test(name)) cpSync(join(rules, name), join(target, 'rules', name));
  }
  const setup = setupFile(rules);
  if (setup === undefined) throw new Error(`there is no crs-setup.conf beside ${rules}`);
  writeFileSync(join(target, 'crs-setup.conf'), `${readFileSync(setup, 'latin1')}\n${suiteSettings(level)}`, 'latin1');
  writeFileSync(join(target, 'version'), versionOf(readFileSync(setup, 'latin1')));
}

/** crs-setup.conf begins with the name and the version. */
function versionOf(setup: string): string {
  return /OWASP (?:ModSecurity Core Rule Set|CRS) ver\.(\d+\.\d+\.\d+)/.exec(setup)?.[1] ?? '4.0.0';
}

function gatewayYaml({ backendPort, mode, format }: GatewayOptions): string {
  return `listen: ["127.0.0.1:0"]
services:
  backend:
    upstreams: [{instance: backend-1, address: "127.0.0.1:${backendPort}"}]
routes:
  - {name: all, service: backend, mode: ${mode}, maxInspectedBody: 12MiB}
audit: {format: ${format}, file: audit.log, maxSize: 4GiB}
`;
}
