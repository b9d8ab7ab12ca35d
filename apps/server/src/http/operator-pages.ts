import { statfs } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import type { Core } from '../core.ts';
import { fault } from '../fault-table.ts';

/** Addresses for machines of the operator; the host check lets only known names in, the bind address only this host. */
export async function addOperatorPages(app: FastifyInstance, core: Core, ready: () => Promise<boolean>): Promise<void> {
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').send(JSON.stringify(app.swagger())),
  );
  app.get('/healthz', { schema: { hide: true } }, async (_request, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    if (!(await ready())) throw fault('server.storage-down');
    return reply.type('text/plain').send('ready\n');
  });
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    // Names of routes and rates are nobody's business outside this host, whatever address the server is bound to.
    if (!isLoopback(request.ip)) throw fault('server.no-such-page');
    core.meters.configProblems.set(core.source.problems().length);
    const { bavail, bsize } = await statfs(core.dataFolder);
    core.meters.dataFreeBytes.set(bavail * bsize);
    core.meters.liveListeners.set(core.live.listeners());
    core.meters.liveShed.set(core.live.shed());
    for (const [what, count] of Object.entries(core.hub().counters())) core.meters.bus.set({ what }, count);
    core.meters.policyVersion.set(core.policy.current()?.version ?? 0);
    return reply.type(core.meters.registry.contentType).send(await core.meters.registry.metrics());
  });
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
