// Health check of the image: asks the role that is this container's first process. Exit code 0 = healthy.
import { existsSync, readFileSync } from 'node:fs';
import { request, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

const ANSWER_MS = 3000;
const words = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
const role = words.find((word) => ['server', 'gateway', 'decoy', 'responder', 'up'].includes(word));
const data = option('data') ?? process.env['SEAWALL_DATA'] ?? '/data';

function option(name: string): string | undefined {
  const at = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
}

async function check(): Promise<string | undefined> {
  switch (role) {
    case 'server':
    case 'up': {
      const address = join(data, 'run/address');
      if (!existsSync(address)) return 'the server does not listen yet';
      return await ask({ ...parts(readFileSync(address, 'utf8').trim()), path: '/readyz' });
    }
    case 'gateway':
      return await ask({ socketPath: join(data, 'gateway-admin.sock'), path: '/readyz' });
    case 'decoy':
      return await reach({ host: '127.0.0.1', port: Number(option('port')) });
    case 'responder': {
      // A responder that cannot reach its engine can act on nothing.
      const engine = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
      if (!words.includes('--docker') || !engine.startsWith('unix://')) return undefined;
      return await ask({ socketPath: engine.slice('unix://'.length), path: '/_ping' });
    }
    default:
      return `no role is running: ${words.join(' ')}`;
  }
}

function parts(address: string): RequestOptions {
  const { hostname, port } = new URL(address);
  return { host: hostname, port };
}

function ask(options: RequestOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = request({ ...options, timeout: ANSWER_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200 ? undefined : `status ${answer.statusCode}`);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', (error) => resolve(error.message));
    asked.end();
  });
}

function reach(address: { readonly host: string; readonly port: number }): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: ANSWER_MS }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer in time')));
    socket.on('error', (error) => resolve(error.message));
  });
}

const problem = await check();
process.stdout.write(`${role ?? 'nothing'}: ${problem ?? 'healthy'}\n`);
process.exitCode = problem === undefined ? 0 : 1;
