import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fault } from '../faults.ts';

/** What an earlier, killed Seawall left behind was ended a moment ago and may still hold its ports. */
const RELEASE_MS = 2000;

/** The wanted port of 127.0.0.1 when it is free, else any free one; `exact` refuses instead. */
export async function choosePort(wanted: number, exact = false): Promise<number> {
  if (await isFree(wanted)) return wanted;
  if (exact && (await becomesFree(wanted))) return wanted;
  if (exact) throw fault('cli.port-taken', { port: wanted });
  return await freePort();
}

/** Refuses at once what the gateway would only find out at the end of the start. */
export async function checkListeners(listeners: readonly { address: string; port: number }[]): Promise<void> {
  for (const { address, port } of listeners) {
    if (await becomesFree(port, address)) continue;
    throw fault('cli.listener-taken', { address, port, reason: (await whyNot(port, address)) ?? 'taken a moment ago' });
  }
}

async function becomesFree(port: number, address = '127.0.0.1'): Promise<boolean> {
  const until = Date.now() + RELEASE_MS;
  for (;;) {
    const reason = await whyNot(port, address);
    if (reason === undefined) return true;
    if (reason !== 'EADDRINUSE' || Date.now() > until) return false;
    await wait(100);
  }
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** `count` ports that are all free at the same time, so that no two callers get the same one. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  return await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          const address = server.address();
          const port = address !== null && typeof address === 'object' ? address.port : 0;
          server.close(() => resolve(port));
        }),
    ),
  );
}

async function isFree(port: number): Promise<boolean> {
  return (await whyNot(port)) === undefined;
}

/** The code of the system's refusal; undefined when the port can be opened. */
function whyNot(port: number, address = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, address, () => server.close(() => resolve(undefined)));
  });
}
