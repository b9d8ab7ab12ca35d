/** An administration page for the chat's own network: nothing outside should reach it, and only the SSRF hole does. */
import http from 'node:http';
import { addressFrom, announce } from '../../ground/src/address.ts';
import { Run } from '../../ground/src/run-file.ts';

const run = Run.fromEnvironment();
const listen = addressFrom('EXAMPLE_LISTEN', 9103);
const server = http.createServer((request, response) => {
  // A browser page of any site could reach this port: only a node that shows the peer token gets an answer.
  if (request.headers['x-peer'] !== run.peerToken) {
    response.writeHead(403).end('for chat nodes only\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><title>Chat administration</title>
<h1>Administration</h1><p>Nodes: 2. Backup key: <code>${run.file.canaries.chatInternal}</code></p>`);
});
server.listen(listen.port, listen.host);
server.on('listening', () => announce('chat-internal', server));
