import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { ROOT } from '../places.ts';

export type Role = 'gateway' | 'server' | 'decoy' | 'responder';

const NODE_OPTIONS = `
  --data <folder>       spool, last good policy and health of this node
  --node <name>         how the server calls it
  --server <socket>     the server's bus.sock
  --token-file <file>   the token of the bus, made by the server`;

const ROLES: Readonly<Record<Role, { readonly what: string; readonly options: string }>> = {
  server: {
    what: 'run the control plane',
    options: `
  --data <folder>       everything that is remembered
  --config <folder>     gateway.yaml, rules.yaml, database.yaml, startup.yaml (default: config in the data folder)
  --address <ip>        where API and console listen (default: what startup.yaml says, which is loopback)
  --port <port>         (default: what startup.yaml says)
  --host-name <name>    a further name that requests may come by; may be repeated
  --dashboard <folder>  the built console
  --decoy <host:port>   where gateways divert to
  --socket <path>       the bus for nodes (default: bus.sock in the data folder)
  --token-file <file>   the token of the bus (default: bus-token in the data folder)`,
  },
  gateway: {
    what: 'run the inspecting proxy of one host',
    options: `${NODE_OPTIONS}
  --workers <n>         processes that take connections (default: one per CPU, at least two)
  --limits <file>       limits against slow and greedy clients, as JSON`,
  },
  decoy: {
    what: 'run the decoy that diverted sources talk to',
    options: `${NODE_OPTIONS}
  --address <ip>        where it listens for gateways (default: 127.0.0.1)
  --port <port>`,
  },
  responder: {
    what: 'run the part that acts on processes and containers',
    options: `${NODE_OPTIONS}
  --docker              act on the containers of the engine at $DOCKER_HOST, or of this host
  --docker-label <l>    only on containers with this label, key or key=value
  --supervisor <socket> act on the processes of a \`seawall up\``,
  },
};

export function addRole(root: Command, role: Role): void {
  const { what, options } = ROLES[role];
  root
    .command(role)
    .description(what)
    .argument('[options...]')
    .allowUnknownOption()
    .addHelpText('after', `\nOptions of the ${role}:${options}`)
    .action((args: string[]) => runRole(role, args));
}

/** Becomes the role: its options, its signals and its exit code are the role's own. */
async function runRole(role: Role, args: readonly string[]): Promise<void> {
  const main = join(ROOT, 'apps', role, 'src/main.ts');
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}
