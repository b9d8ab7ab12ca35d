import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command, OptionValues } from 'commander';
import { ROOT } from '../places.ts';

export type Role = 'gateway' | 'server' | 'decoy' | 'responder';

interface RoleOption {
  readonly flags: string;
  readonly text: string;
  readonly required?: true;
}

const DATA: RoleOption = {
  flags: '--data <folder>',
  text: 'spool, last good policy and health of this node',
  required: true,
};
const BUS: readonly RoleOption[] = [
  DATA,
  { flags: '--node <name>', text: 'name of this node, its own among all nodes', required: true },
  { flags: '--server <socket>', text: "the server's bus.sock", required: true },
  { flags: '--token-file <file>', text: 'the token of the bus, made by the server', required: true },
];

/** The options of each role's own program, so that help, completion and suggestions know them; a test compares them. */
export const ROLES: Readonly<Record<Role, { readonly text: string; readonly options: readonly RoleOption[] }>> = {
  server: {
    text: 'run the control plane: records, API, console',
    options: [
      { flags: '--data <folder>', text: 'everything that is remembered, keys and tokens', required: true },
      { flags: '--config <folder>', text: 'the files that people write (default: config in the data folder)' },
      { flags: '--address <ip>', text: 'where API and console listen (default: as startup.yaml says: loopback)' },
      { flags: '--port <port>', text: 'their port (default: as startup.yaml says)' },
      { flags: '--host-name <name...>', text: 'further host names by which people reach the console' },
      { flags: '--dashboard <folder>', text: 'the built console; without it the API alone' },
      { flags: '--decoy <host:port>', text: 'where gateways send diverted sources' },
      { flags: '--socket <path>', text: 'the bus for nodes (default: bus.sock in the data folder)' },
      { flags: '--token-file <file>', text: 'the token of the bus, made when missing (default: bus-token there)' },
      { flags: '--last-good', text: 'start with the last good configuration when the files are wrong now' },
    ],
  },
  gateway: {
    text: 'run the inspecting proxy of one host',
    options: [
      ...BUS.map(({ flags, text }) => (flags.startsWith('--data') ? DATA : { flags, text })),
      {
        flags: '--upstream <host:port>',
        text: 'without a server: pass everything on to this one, in place of the three above',
      },
      {
        flags: '--listen <host:port>',
        text: 'with --upstream: where it listens (default: any free port of 127.0.0.1)',
      },
      { flags: '--rules <folder>', text: 'with --upstream: rule files and their data files' },
      {
        flags: '--entry <pattern...>',
        text: 'with --rules: what is loaded, in order, as paths in that folder (default: seawall/engine.conf, which is built in, and *.conf)',
      },
      {
        flags: '--mode <mode>',
        text: 'with --upstream: off, monitor or protect (default: protect with rules, else off)',
      },
      { flags: '--inspect-answers', text: 'with --rules: inspect what the service answers, too' },
      { flags: '--workers <n>', text: 'processes that take connections, 1 to 256 (default: one a core, at least 2)' },
      { flags: '--limits <json>', text: 'limits against slow and greedy clients, e.g. {"headTimeoutMs":10000}' },
    ],
  },
  decoy: {
    text: 'run the decoy that diverted sources talk to',
    options: [
      ...BUS,
      { flags: '--address <ip>', text: 'where it listens for gateways (default: 127.0.0.1)' },
      { flags: '--port <port>', text: 'its port (default: any free one)' },
    ],
  },
  responder: {
    text: 'run the part that acts on processes and containers',
    options: [
      ...BUS,
      { flags: '--supervisor <socket>', text: 'act on the processes of a `seawall up`' },
      { flags: '--docker', text: 'act on the containers of the engine at $DOCKER_HOST, or of this host' },
      { flags: '--docker-label <label>', text: 'only on containers with this label, key or key=value' },
    ],
  },
};

export function addRole(root: Command, role: Role): void {
  const { text, options } = ROLES[role];
  const command = root.command(role).description(text);
  for (const option of options) {
    if (option.required) command.requiredOption(option.flags, `${option.text} (required)`);
    else command.option(option.flags, option.text);
  }
  command.action((values: OptionValues) => become(role, argumentsOf(command, values)));
}

/** What was given, in the form that the role's own program reads. */
function argumentsOf(command: Command, values: OptionValues): string[] {
  return command.options.flatMap((option) => {
    const value: unknown = values[option.attributeName()];
    const name = option.long ?? '';
    if (value === undefined) return [];
    if (value === true) return [name];
    // `--name=value`, because a value may begin with a dash.
    return (Array.isArray(value) ? value : [value]).map((one) => `${name}=${String(one)}`);
  });
}

/** Its signals and its exit code are then the role's own, and a container holds one process. */
async function become(role: Role, args: readonly string[]): Promise<void> {
  const main = join(ROOT, 'apps', role, 'src/main.ts');
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}
