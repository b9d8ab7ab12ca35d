import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Supervisor } from '@seawall/orchestrate';
import { makePrivate, ROOT } from '../places.ts';
import { ExampleContainers, removeLeftContainers } from './examples-docker.ts';
import { choosePort } from './ports.ts';
import { bareEnvironment } from './roles.ts';

type Plan = typeof import('../../../../examples/processes.ts');

export interface Examples {
  /** Command line of the traffic tool, without its time. */
  readonly trafficArgs: readonly string[];
  start(supervisor: Supervisor): Promise<void>;
  stop(): Promise<void>;
}

export interface ExampleWish {
  readonly data: string;
  readonly config: string;
  readonly mode: string;
  readonly docker: boolean;
  /** Seed by which every path, parameter and cookie of the examples is renamed, to show that no rule knows them. */
  readonly rename: string | undefined;
}

/** People of the examples write about code and shells to each other; CRS takes that for attacks until it is told otherwise. */
const EXAMPLE_RULES = `# Which rules judge the examples. To try OWASP CRS beside them: seawall rules install crs, then use: [base, crs]
sets:
  default: {use: [base]}
`;

/** Makes fresh canaries and a gateway.yaml for both examples; they know nothing of Seawall, and Seawall only their addresses. */
export async function prepareExamples(wish: ExampleWish): Promise<Examples> {
  if (wish.docker) await ExampleContainers.check();
  else await removeLeftContainers(wish.data);
  const plan = (await import(pathToFileURL(join(ROOT, 'examples/processes.ts')).href)) as Plan;
  // Each run has its own people, passwords and canaries: what an earlier one stored would contradict them.
  rmSync(join(wish.data, 'examples'), { recursive: true, force: true });
  const folder = makePrivate(join(wish.data, 'examples'));
  const runFile = join(folder, 'run.json');
  const prepare = [...process.execArgv, join(ROOT, 'examples/traffic/src/prepare.ts'), '--out', runFile];
  if (wish.rename !== undefined) prepare.push('--rename', wish.rename);
  execFileSync(process.execPath, prepare, { env: bareEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] });
  const ports = await plan.freePorts();
  const listen = `127.0.0.1:${await choosePort(8080)}`;
  const mode = wish.mode as 'off' | 'monitor' | 'protect'; // checked by the caller
  writeFileSync(join(wish.config, 'gateway.yaml'), plan.exampleGatewayYaml({ listen, ports, mode, runFile }), {
    mode: 0o600,
  });
  const rules = join(wish.config, 'rules.yaml');
  if (!existsSync(rules)) writeFileSync(rules, EXAMPLE_RULES, { mode: 0o600 });
  const processes = plan.exampleProcesses({ runFile, ports, dataFolder: folder });
  const containers = wish.docker ? new ExampleContainers(wish.data, runFile, processes) : undefined;
  return {
    trafficArgs: [join(ROOT, 'examples/traffic/src/main.ts'), '--gateway', listen, '--run', runFile],
    async start(supervisor) {
      if (containers !== undefined) {
        await containers.start();
        return;
      }
      for (const { name, service, isFront, command, args, env } of processes) {
        await supervisor.start({
          name,
          // Only what the gateway stands before can be acted on; the inner processes share its fate.
          ...(isFront ? { service } : {}),
          command,
          args: [...process.execArgv, ...args],
          env: { ...bareEnvironment(), ...env },
          logFile: join(wish.data, 'log', `${name}.log`),
        });
      }
    },
    async stop() {
      await containers?.stop();
    },
  };
}
