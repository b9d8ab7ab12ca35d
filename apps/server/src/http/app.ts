import { randomUUID } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import { API, ROLE_PERMISSIONS, type ApiName, type ApiRoute } from '@seawall/contract';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Actor } from '../auth/accounts.ts';
import { checkCsrf, checkOrigin, hostName } from '../auth/same-origin.ts';
import { COOKIE, cookieOptions } from './session-cookie.ts';
import type { Core } from '../core.ts';
import { fault } from '../fault-table.ts';
import { actionHandlers } from '../handlers/actions.ts';
import { findingHandlers } from '../handlers/findings.ts';
import { fleetHandlers } from '../handlers/fleet.ts';
import { sessionHandlers } from '../handlers/session.ts';
import { settingHandlers } from '../handlers/settings.ts';
import { trafficHandlers } from '../handlers/traffic.ts';
import { auditTarget } from './audit-target.ts';
import type { Call, HandledName, Handlers } from './handlers.ts';
import { streamLive } from './live-stream.ts';
import { addOperatorPages } from './operator-pages.ts';
import { problemOf } from './problems.ts';
import { securityHeaders } from './security-headers.ts';

// The API over HTTP. Each request passes: host name, origin, who is it, may they, is it well formed, audit, handler.
// The audit row of a write is stored before the write is done: none goes without.

const PREFIX = '/api/v1';
/** The largest body of the API is an action with a reason; more is only there to fill the memory. */
const MAX_BODY_BYTES = 65_536;
const MAX_HEAD_BYTES = 16_384;

export interface AppOptions {
  readonly core: Core;
  /** Names besides loopback that the Host field may hold, lower case. */
  readonly hostNames: readonly string[];
  /** Folder of the built dashboard. */
  readonly dashboard: string | undefined;
  readonly ready: () => Promise<boolean>;
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | undefined;
  }
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '::1'];

export async function makeApp(options: AppOptions): Promise<FastifyInstance> {
  const { core } = options;
  const app = Fastify({
    loggerInstance: core.log as FastifyBaseLogger, // pino's logger has all that Fastify asks for
    // Failures are logged where they are answered; a line for each request would be the attacker's to write.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    http: { maxHeaderSize: MAX_HEAD_BYTES, headersTimeout: 15_000 },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('actor', undefined);
  app.setErrorHandler((error, request, reply) => answerProblem(core, error, request, reply));
  const allowed = new Set([...LOOPBACK_NAMES, ...options.hostNames]);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders(request.url.startsWith('/api/')));
    const name = hostName(request.headers.host);
    if (name === undefined || !allowed.has(name)) throw fault('server.host-unknown');
  });
  await app.register(cookie);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Seawall', version: '0.1.0' }, servers: [] },
    transform: jsonSchemaTransform,
  });
  registerApi(app, core);
  await addOperatorPages(app, core, options.ready);
  await addDashboard(app, core, options.dashboard);
  return app;
}

function registerApi(app: FastifyInstance, core: Core): void {
  const handlers: Handlers = {
    ...sessionHandlers(core),
    ...findingHandlers(core),
    ...actionHandlers(core),
    ...trafficHandlers(core),
    ...settingHandlers(core),
    ...fleetHandlers(core),
  };
  for (const name of Object.keys(API) as ApiName[]) {
    const route: ApiRoute = API[name];
    app.route({
      method: route.method,
      url: `${PREFIX}${route.path}`,
      schema: {
        summary: route.summary,
        operationId: name,
        ...(route.params ? { params: route.params } : {}),
        ...(route.query ? { querystring: route.query } : {}),
        ...(route.body ? { body: route.body } : {}),
        ...(route.kind === 'events' ? {} : { response: { 200: route.answer } }),
      },
      onRequest: (request) => authorize(core, route, request),
      handler: (request, reply) =>
        name === 'events' ? stream(core, request, reply) : handle(core, name, handlers, { request, reply }),
    });
  }
}

/** Who is it, and may they. */
async function authorize(core: Core, route: ApiRoute, request: FastifyRequest): Promise<void> {
  if (route.method !== 'GET') checkOrigin(request.headers);
  if (route.permission === 'public') return;
  const actor = await actorOf(core, request);
  if (!actor) throw fault('server.not-signed-in');
  request.actor = actor;
  if (!ROLE_PERMISSIONS[actor.role].includes(route.permission)) {
    throw fault('server.forbidden', { role: actor.role, permission: route.permission });
  }
  if (route.method !== 'GET') checkCsrf(request.headers, actor);
}

async function actorOf({ accounts }: Core, request: FastifyRequest): Promise<Actor | undefined> {
  const bearer = /^Bearer ([A-Za-z0-9_-]{1,100})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return accounts.ofBearer(bearer);
  const id = request.cookies[COOKIE];
  return id === undefined ? undefined : accounts.ofCookie(id);
}

const NOBODY: Actor = { name: 'nobody', user: '', role: 'viewer', csrf: undefined, sessionHash: undefined };

async function handle(
  core: Core,
  name: HandledName,
  handlers: Handlers,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<unknown> {
  const actor = request.actor ?? NOBODY;
  const call = {
    params: request.params,
    query: request.query,
    body: request.body,
    actor,
    address: request.ip,
    setCookie: (opened: Parameters<Call<'signIn'>['setCookie']>[0]) => {
      if (opened) reply.setCookie(COOKIE, opened.cookie.reveal(), cookieOptions);
      else reply.clearCookie(COOKIE, cookieOptions);
    },
  };
  const route: ApiRoute = API[name];
  // Signing in is audited by its handler, which alone knows who it was.
  const audited = route.audit !== undefined && name !== 'signIn';
  const target = audited ? auditTarget(name, call) : undefined;
  if (audited && target) await core.audit(actor.name, route.audit ?? '', target.target, target.detail);
  // The compiled schemas made params, query and body what this handler takes.
  const handler = handlers[name] as (call: unknown) => Promise<unknown>;
  try {
    return await handler(call);
  } catch (error) {
    if (audited && target) {
      const code = problemOf(error, '').code;
      await core.audit(actor.name, `${route.audit ?? ''}.failed`, target.target, code);
    }
    throw error;
  }
}

async function stream({ live, accounts }: Core, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  streamLive({ live, accounts, actor: request.actor ?? NOBODY }, request, reply);
}

function answerProblem(core: Core, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error, request.id);
  core.meters.problems.inc({ code: problem.code });
  if (problem.status >= 500) request.log.error({ err: error, request: request.id }, 'a request failed');
  return reply
    .status(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problem);
}

async function addDashboard(app: FastifyInstance, core: Core, folder: string | undefined): Promise<void> {
  if (folder !== undefined) {
    const root = isAbsolute(folder) ? folder : join(process.cwd(), folder);
    await app.register(fastifyStatic, {
      root,
      wildcard: true,
      dotfiles: 'deny',
      index: 'index.html',
      // Built files carry a hash in their name; the page that names them must be fresh.
      setHeaders: (reply, path) => {
        const hashed = path.includes('/assets/');
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (folder !== undefined && isPage && !request.url.startsWith('/api/')) return reply.sendFile('index.html');
    return answerProblem(core, fault('server.no-such-page'), request, reply);
  });
}
