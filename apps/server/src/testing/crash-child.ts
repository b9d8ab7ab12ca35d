import pino from 'pino';
import { startServer } from '../start-server.ts';
import { NODE_TOKEN, madeSource } from './world.ts';

// A server as a process of its own, for the tests that kill it: `node crash-child.ts DATA SOCKET [wait]`. With `wait` it
// never gets from the intent to the deed.

const [data = '', socketPath = '', wait] = process.argv.slice(2);
const server = await startServer({
  data,
  socketPath,
  port: 0,
  nodeToken: NODE_TOKEN,
  source: madeSource(),
  log: pino({ level: 'silent' }),
  store: { traffic: 'sqlite' },
  times: { tickMs: 50, drainMs: 10 },
  ...(wait === 'wait'
    ? {
        beforeActing: () => {
          process.stdout.write('{"event":"intent"}\n');
          return new Promise<void>(() => undefined);
        },
      }
    : {}),
});
process.stdout.write(`${JSON.stringify({ event: 'listening', address: server.address })}\n`);
