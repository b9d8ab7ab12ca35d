import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The service behind the gateway, a process of its own: reads the whole request and answers some JSON at once.
const ANSWER = JSON.stringify({
  items: Array.from({ length: 8 }, (_, id) => ({ id, name: `item ${id}`, price: id * 3 })),
});

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length }).end(ANSWER);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`); // of a TCP server
});
process.once('SIGTERM', () => process.exit(0));
// Its parent is gone: nobody needs it any more.
process.stdin.resume().once('end', () => process.exit(0));
