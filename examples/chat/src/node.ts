/** One chat node. It keeps nothing: sessions, messages and files are in the store, so any node serves anybody. */
import { randomBytes } from 'node:crypto';
import { addressFrom, announce } from '../../ground/src/address.ts';
import { RpcClient } from '../../ground/src/line-rpc.ts';
import { Refusal, text, whole } from '../../ground/src/refusal.ts';
import { Run } from '../../ground/src/run-file.ts';
import { html, plain, serve, type Answer, type Ask, type UploadedFile } from '../../ground/src/service.ts';
import * as holes from './holes.ts';
import { frontPage, script, style, wallPage } from './page.ts';
import { renamed, Sockets } from './sockets.ts';
import type { ChatStore, Delivery } from './store-api.ts';

const run = Run.fromEnvironment();
const internal = addressFrom('CHAT_INTERNAL', 9103);
const scratch = holes.makeFiles(process.env.EXAMPLE_NAME ?? 'chat', run);
const store = new RpcClient<ChatStore>(
  addressFrom('CHAT_STORE', 9110),
  run.peerToken,
  (event) => sockets.fanOut(event as Delivery), // the store sends nothing else
  () => sockets.closeAll(),
);
const sockets = new Sockets(run, store);

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(run.names.toWire(value)),
});

async function userOf(ask: Ask): Promise<string> {
  const session = ask.cookies.get('sid');
  if (session === undefined) throw new Refusal(401, 'sign in first');
  return store.call('userOf', { session });
}

type Handler = (ask: Ask) => Promise<Answer>;

/** A handler for people who are signed in, given their name and the fields of the body. */
const member =
  (handle: (user: string, fields: Record<string, unknown>, ask: Ask) => Promise<Answer>): Handler =>
  async (ask) => {
    const user = await userOf(ask);
    return handle(user, ask.method === 'POST' ? await ask.fields() : ask.query, ask);
  };

const pages: Record<string, Handler> = {
  'GET /': async () => html(frontPage(run)),
  'GET /app.js': async () => ({ ...plain(script(run)), type: 'text/javascript; charset=utf-8' }),
  'GET /style.css': async () => ({ ...plain(style()), type: 'text/css; charset=utf-8' }),
  'GET /wall': member(async (user, fields) => {
    const group = whole(fields, 'group', 1);
    return html(wallPage(run, user, await store.call('messages', { user, group, with: '', after: 0 })));
  }),
};

const accounts: Record<string, Handler> = {
  'POST /api/signup': async (ask) => {
    const fields = await ask.fields();
    const [user, password, name] = [text(fields, 'user', 40), text(fields, 'password', 100), text(fields, 'name', 80)];
    await store.call('signUp', { user, password, name });
    return json({ user, name }, 201);
  },
  'POST /api/login': async (ask) => {
    const fields = await ask.fields();
    const user = text(fields, 'user', 40);
    const session = await store.call('logIn', { user, password: text(fields, 'password', 100) });
    return { ...json({ user, ok: true }), cookie: ['sid', session] };
  },
  'POST /api/logout': async (ask) => {
    await store.call('logOut', { session: ask.cookies.get('sid') ?? '' });
    return { ...json({ ok: true }), cookie: ['sid', ''] };
  },
  'GET /api/me': member(async (user) =>
    json({ ...(await store.call('person', { user })), recovery: run.recoveryCode('chat', user) }),
  ),
  'POST /api/profile': member(async (user, fields) => {
    const person = { user, name: text(fields, 'name', 80), about: text(fields, 'about') };
    await store.call('changeProfile', person);
    return json(person);
  }),
  'GET /api/people': member(async (_user, fields) => {
    const name = text({ name: '', ...fields }, 'name', 80);
    return json({ results: await store.call('people', { name, after: whole(fields, 'after', 0) }) });
  }),
  'GET /api/friends': member(async (user) => json({ results: await store.call('friends', { user }) })),
  'POST /api/friends': member(async (user, fields) => {
    await store.call('befriend', { user, friend: text(fields, 'user', 40) });
    return json({ ok: true }, 201);
  }),
};

const talk: Record<string, Handler> = {
  'GET /api/groups': member(async (user) => json({ results: await store.call('groups', { user }) })),
  'POST /api/groups': member(async (user, fields) => {
    const title = text(fields, 'title', 120);
    return json({ id: await store.call('addGroup', { user, title }), title }, 201);
  }),
  'POST /api/groups/join': member(async (user, fields) => {
    await store.call('joinGroup', { user, group: whole(fields, 'group') });
    return json({ ok: true });
  }),
  'GET /api/messages': member(async (user, fields) => {
    const ask = { user, group: whole(fields, 'group', 0), with: fields.with === undefined ? '' : text(fields, 'with') };
    return json({ results: await store.call('messages', { ...ask, after: whole(fields, 'after', 0) }) });
  }),
  'POST /api/messages': member(async (user, fields) => {
    const group = whole(fields, 'group', 0);
    const to = group === 0 ? text(fields, 'to', 40) : '';
    return json(await store.call('post', { author: user, group, to, text: text(fields, 'text') }), 201);
  }),
  'GET /api/search': member(async (_user, fields) => json({ results: await find(text(fields, 'q')) })),
  'POST /api/search': member(async (_user, fields) => json({ results: await find(text(fields, 'q')) })),
};

const find = async (q: string): Promise<unknown[]> => renamed(await store.call('search', { q }));

const files: Record<string, Handler> = {
  'POST /api/attachments': member(async (user, fields) => {
    const upload = fields.file as UploadedFile | undefined; // checked on the next line
    if (!Buffer.isBuffer(upload?.content)) throw new Refusal(400, 'send a form with a file');
    const ending = /\.[a-z0-9]{1,5}$/i.exec(upload.fileName)?.[0] ?? '';
    const file = `${randomBytes(8).toString('hex')}${ending}`;
    const note = text({ note: '', ...fields }, 'note');
    await store.call('saveAttachment', { user, file, base64: upload.content.toString('base64'), note });
    return json({ file, bytes: upload.content.length, note }, 201);
  }),
  'GET /api/attachments': member(async (_user, fields) => {
    const file = text(fields, 'file');
    await fetchFromStore(file);
    const body = await holes.readAttachment(scratch, file);
    return { status: 200, type: 'application/octet-stream', body };
  }),
  'POST /api/attachments/open': member(async (_user, fields) => {
    const name = text(fields, 'name');
    await fetchFromStore(name);
    const content = await holes.openAttachment(scratch, text(fields, 'folder'), name);
    return json({ name, content: content.toString('utf8') });
  }),
  'GET /api/thumbnail': member(async (_user, fields) => plain(await holes.thumbnail(scratch, text(fields, 'size')))),
  'POST /api/preview': member(async (_user, fields) => {
    const found = await holes.preview(text(fields, 'url'), internal, run);
    return json({ url: fields.url, ...found });
  }),
};

/** Files were uploaded through any node; this one keeps its own copy from the first reading on. */
async function fetchFromStore(file: string): Promise<void> {
  if (!/^[0-9a-f]{16}(\.[a-z0-9]{1,5})?$/i.test(file) || holes.hasAttachment(scratch, file)) return;
  holes.keepAttachment(scratch, file, Buffer.from(await store.call('attachment', { file }), 'base64'));
}

const routes: Record<string, Handler> = { ...pages, ...accounts, ...talk, ...files };

const server = serve({
  run,
  listen: addressFrom('EXAMPLE_LISTEN', 9101),
  name: 'town-chat',
  async handle(ask) {
    const route = `${ask.method} ${ask.path}`;
    const handler = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (!handler) throw new Refusal(404, 'no such page');
    return handler(ask);
  },
  refuse: (refusal) => json({ error: refusal.message }, refusal.status),
  async upgrade(ask, socket, head) {
    if (ask.path !== '/ws') throw new Refusal(404, 'no such page');
    await sockets.accept(ask, await userOf(ask), socket, head);
  },
});
server.on('listening', () => announce(process.env.EXAMPLE_NAME ?? 'chat', server));
