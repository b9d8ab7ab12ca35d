import { createServer } from 'node:net';
import { fault } from '../faults.ts';

/** The wanted port of 127.0.0.1 when it is free, else any free one; `exact` refuses instead. */
export async function choosePort(wanted: number, exact = false): Promise<number> {
  if (await isFree(wanted)) return wanted;
  if (exact) throw fault('cli.port-taken', { port: wanted });
  return await freePort();
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

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
