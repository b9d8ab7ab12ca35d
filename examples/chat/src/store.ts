/** The chat's shared state: answers the nodes' calls and tells all of them about each new message. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addressFrom, announce } from '../../ground/src/address.ts';
import { serveLines, type RpcServer } from '../../ground/src/line-rpc.ts';
import { Refusal } from '../../ground/src/refusal.ts';
import { Run } from '../../ground/src/run-file.ts';
import { UnsafeQueries } from '../../ground/src/unsafe-queries.ts';
import type { ChatStore, Delivery, Message, Person } from './store-api.ts';
import { addUser, hashPassword, openStore } from './store-tables.ts';

const run = Run.fromEnvironment();
const folder = process.env.EXAMPLE_DATA ?? mkdtempSync(path.join(tmpdir(), 'chat-store-'));
mkdirSync(folder, { recursive: true });
const file = path.join(folder, 'chat.sqlite');
const database = openStore(file, run);
const unsafe = new UnsafeQueries(file);

// Columns are known from the tables above each statement; node:sqlite types rows as open records.
const all = <T>(sql: string, ...values: (string | number)[]): T[] => database.prepare(sql).all(...values) as T[];
const one = <T>(sql: string, ...values: (string | number)[]): T | undefined => all<T>(sql, ...values)[0];
const change = (sql: string, ...values: (string | number)[]): number =>
  Number(database.prepare(sql).run(...values).lastInsertRowid);

const MESSAGE = 'SELECT id, author, group_id AS "group", recipient AS "to", body AS text, at FROM messages';

function mustExist(user: string): Person {
  const person = one<Person>('SELECT login AS user, name, about FROM users WHERE login = ?', user);
  if (!person) throw new Refusal(404, 'no such person');
  return person;
}

function mayRead(user: string, group: number): void {
  const row = one<{ open: number }>('SELECT open FROM groups WHERE id = ?', group);
  if (!row) throw new Refusal(404, 'no such group');
  if (row.open === 1 || one('SELECT 1 FROM members WHERE group_id = ? AND login = ?', group, user)) return;
  throw new Refusal(403, 'only members read this group');
}

function readersOf(message: Message): string[] {
  if (message.group === 0) return [message.to, message.author];
  return all<{ login: string }>('SELECT login FROM members WHERE group_id = ?', message.group).map((row) => row.login);
}

const accounts = {
  signUp({ user, password, name }) {
    if (!/^[\w.-]{2,40}$/.test(user) || password.length < 6) throw new Refusal(400, 'choose another name or password');
    if (one('SELECT 1 FROM users WHERE login = ?', user)) throw new Refusal(409, 'this name is taken');
    addUser(database, run, user, password, name);
  },
  logIn({ user, password }) {
    const row = one<{ salt: string; hash: string }>('SELECT salt, hash FROM users WHERE login = ?', user);
    if (!row || hashPassword(password, row.salt) !== row.hash) throw new Refusal(401, 'wrong name or password');
    const session = randomBytes(18).toString('hex');
    change('INSERT INTO sessions (id, login) VALUES (?, ?)', session, user);
    return session;
  },
  logOut({ session }) {
    change('DELETE FROM sessions WHERE id = ?', session);
  },
  userOf({ session }) {
    const row = one<{ login: string }>('SELECT login FROM sessions WHERE id = ?', session);
    if (!row) throw new Refusal(401, 'sign in first');
    return row.login;
  },
  person: ({ user }) => mustExist(user),
  changeProfile({ user, name, about }) {
    change('UPDATE users SET name = ?, about = ? WHERE login = ?', name, about, user);
  },
  people: ({ name, after }) =>
    all(
      'SELECT id, login AS user, name, about FROM users WHERE name LIKE ? AND id > ? ORDER BY id LIMIT 20',
      `%${name}%`,
      after,
    ),
  befriend({ user, friend }) {
    mustExist(friend);
    change('INSERT OR IGNORE INTO friends (one, other) VALUES (?, ?)', user, friend);
  },
  friends: ({ user }) =>
    all(
      'SELECT login AS user, name, about FROM users JOIN friends ON other = login WHERE one = ? ORDER BY login',
      user,
    ),
} satisfies Partial<ChatStore>;

const talk = {
  addGroup({ user, title }) {
    const group = change('INSERT INTO groups (title, open) VALUES (?, 1)', title);
    change('INSERT INTO members (group_id, login) VALUES (?, ?)', group, user);
    return group;
  },
  joinGroup({ user, group }) {
    mayRead(user, group);
    change('INSERT OR IGNORE INTO members (group_id, login) VALUES (?, ?)', group, user);
  },
  groups: () =>
    all(
      `SELECT id, title, (SELECT count(*) FROM members WHERE group_id = groups.id) AS members
       FROM groups WHERE open = 1 ORDER BY id LIMIT 200`,
    ),
  post({ author, group, to, text }) {
    if (group === 0) mustExist(to);
    else mayRead(author, group);
    const at = Date.now();
    const id = change(
      'INSERT INTO messages (author, group_id, recipient, body, at) VALUES (?, ?, ?, ?, ?)',
      author,
      group,
      to,
      text,
      at,
    );
    const message: Message = { id, author, group, to, text, at };
    const delivery: Delivery = { message, readers: readersOf(message) };
    rpc.broadcast(delivery);
    return message;
  },
  messages(ask) {
    if (ask.group !== 0) {
      mayRead(ask.user, ask.group);
      return all(`${MESSAGE} WHERE group_id = ? AND id > ? ORDER BY id DESC LIMIT 60`, ask.group, ask.after);
    }
    return all(
      `${MESSAGE} WHERE group_id = 0 AND id > ? AND ((author = ? AND recipient = ?) OR (author = ? AND recipient = ?))
       ORDER BY id DESC LIMIT 60`,
      ask.after,
      ask.user,
      ask.with,
      ask.with,
      ask.user,
    );
  },
  since({ user, id }) {
    const latest = one<{ id: number }>('SELECT coalesce(max(id), 0) AS id FROM messages')?.id ?? 0;
    if (id === 0) return { latest, missed: [] };
    const missed = all<Message>(
      `${MESSAGE} WHERE id > ? AND ((group_id = 0 AND (recipient = ? OR author = ?))
         OR group_id IN (SELECT group_id FROM members WHERE login = ?)) ORDER BY id LIMIT 500`,
      id,
      user,
      user,
      user,
    );
    return { latest, missed };
  },
  // A documented hole: SQL made from what was typed.
  search: ({ q }) =>
    unsafe.run(
      `SELECT id, author, body, at FROM messages WHERE group_id > 0 AND body LIKE '%${q}%' ORDER BY 1 DESC LIMIT 40`,
    ),
} satisfies Partial<ChatStore>;

const attachments = {
  saveAttachment: ({ user, file, base64, note }) => {
    change(
      'INSERT OR REPLACE INTO attachments (file, login, base64, note) VALUES (?, ?, ?, ?)',
      file,
      user,
      base64,
      note,
    );
  },
  attachment({ file }) {
    const row = one<{ base64: string }>('SELECT base64 FROM attachments WHERE file = ?', file);
    if (!row) throw new Refusal(404, 'no such file');
    return row.base64;
  },
} satisfies Partial<ChatStore>;

const methods: ChatStore = { ...accounts, ...talk, ...attachments };
const rpc: RpcServer = serveLines(addressFrom('EXAMPLE_LISTEN', 9110), run.peerToken, methods);
rpc.server.on('listening', () => announce('chat-store', rpc.server));
