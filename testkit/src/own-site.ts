import { request } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform, type Platform, type PlatformOptions } from './platform.ts';
import { freePort, startSmallService, type SmallService } from './small-site.ts';

/** A platform before one small service of the test, with configuration files of its own. */
export interface OwnSite {
  readonly platform: Platform;
  readonly service: SmallService;
  readonly config: string;
  readonly gatewayPort: number;
  write(file: string, text: string): void;
  /** Figures of the server's and the gateway's /metrics, names with labels as they stand there. */
  metrics(of: 'server' | 'gateway'): Promise<ReadonlyMap<string, number>>;
  /** A running total of the gateway; 0 when it was never counted. */
  counter(name: string): Promise<number>;
  workers(): readonly number[];
  close(): Promise<void>;
}

export interface OwnSiteOptions extends Omit<PlatformOptions, 'examples'> {
  readonly args?: readonly string[];
  /** More files of the configuration folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export function ownGatewayYaml(gatewayPort: number, servicePort: number): string {
  return [
    `listen: ["127.0.0.1:${gatewayPort}"]`,
    'services:',
    '  shop:',
    '    upstreams:',
    `      - {instance: shop-1, address: "127.0.0.1:${servicePort}"}`,
    '    answerTimeout: 2s',
    'routes:',
    '  - {name: shop, service: shop, maxInspectedBody: 64kB, maxHead: 8kB}',
    '',
  ].join('\n');
}

export async function startOwnSite(options: OwnSiteOptions = {}): Promise<OwnSite> {
  const { args = [], files = {}, ...rest } = options;
  const service = await startSmallService('shop');
  const gatewayPort = await freePort();
  const config = mkdtempSync(join(tmpdir(), 'seawall-config-'));
  const write = (file: string, text: string) => writeFileSync(join(config, file), text);
  write('gateway.yaml', ownGatewayYaml(gatewayPort, service.port));
  write('startup.yaml', 'workers: 2\n');
  for (const [file, text] of Object.entries(files)) write(file, text);
  const release = async () => {
    await service.close();
    rmSync(config, { recursive: true });
  };
  let platform: Platform;
  try {
    platform = await startPlatform(['--no-dashboard', '--config', config, ...args], { ...rest, examples: false });
  } catch (error) {
    await release();
    throw error;
  }
  const metrics: OwnSite['metrics'] = async (of) =>
    figures(
      of === 'server'
        ? await (await fetch(`${platform.ready.dashboard}/metrics`)).text()
        : await askSocket(join(platform.data, 'gateway', 'gateway-admin.sock'), '/metrics'),
    );
  return {
    platform,
    service,
    config,
    gatewayPort,
    write,
    metrics,
    counter: async (name) => (await metrics('gateway')).get(`seawall_gateway_events_total{event="${name}"}`) ?? 0,
    workers: () => childrenOf(platform.pids().get('gateway') ?? -1),
    async close() {
      await platform.stop();
      await release();
    },
  };
}

function figures(text: string): Map<string, number> {
  const rows = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(rows.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]));
}

function askSocket(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: 3000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    asked.on('timeout', () => asked.destroy(new Error(`${socketPath} is silent`)));
    asked.on('error', reject).end();
  });
}

/** From /proc: only on Linux. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const [state, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state !== 'Z' && Number(parentPid) === parent;
      } catch {
        // It ended between the two looks.
        return false;
      }
    })
    .map(Number);
}

/** Which of these processes holds the server side of a TCP connection between two ports of this host. Only on Linux. */
export function ownerOf(serverPort: number, clientPort: number, pids: readonly number[]): number | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const row = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((cells) => cells[1]?.endsWith(`:${hex(serverPort)}`) && cells[2]?.endsWith(`:${hex(clientPort)}`));
  const inode = row?.[9];
  return pids.find((pid) =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`;
      } catch {
        // Closed meanwhile.
        return false;
      }
    }),
  );
}
