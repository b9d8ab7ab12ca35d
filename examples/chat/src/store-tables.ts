import { DatabaseSync } from 'node:sqlite';
import { randomBytes, scryptSync } from 'node:crypto';
import type { Run } from '../../ground/src/run-file.ts';

const TABLES = `
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, login TEXT UNIQUE, salt TEXT, hash TEXT, name TEXT, about TEXT, recovery TEXT);
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, login TEXT);
CREATE TABLE IF NOT EXISTS friends (one TEXT, other TEXT, PRIMARY KEY (one, other));
CREATE TABLE IF NOT EXISTS groups (id INTEGER PRIMARY KEY, title TEXT, open INTEGER);
CREATE TABLE IF NOT EXISTS members (group_id INTEGER, login TEXT, PRIMARY KEY (group_id, login));
CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, author TEXT, group_id INTEGER, recipient TEXT, body TEXT, at INTEGER);
CREATE TABLE IF NOT EXISTS attachments (file TEXT PRIMARY KEY, login TEXT, base64 TEXT, note TEXT);
CREATE TABLE IF NOT EXISTS vault (owner TEXT, secret TEXT);
CREATE INDEX IF NOT EXISTS messages_by_group ON messages (group_id, id);
CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, id);
`;

/** Cheap on purpose: the example signs up dozens of people within seconds. */
export function hashPassword(password: string, salt: string): string {
  return scryptSync(password, salt, 16, { N: 1024 }).toString('hex');
}

export function openStore(file: string, run: Run): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(TABLES);
  const { n } = database.prepare('SELECT count(*) AS n FROM users').get() ?? {};
  if (n === 0) seed(database, run);
  return database;
}

export function addUser(database: DatabaseSync, run: Run, user: string, password: string, name: string, about = '') {
  const salt = randomBytes(8).toString('hex');
  database
    .prepare('INSERT INTO users (login, salt, hash, name, about, recovery) VALUES (?, ?, ?, ?, ?, ?)')
    .run(user, salt, hashPassword(password, salt), name, about, run.recoveryCode('chat', user));
}

function seed(database: DatabaseSync, run: Run): void {
  const { canaries } = run.file;
  database.exec('BEGIN');
  for (let i = 1; i <= 60; i++) {
    const about = i === 57 ? `write to me at ${canaries.chatDirectory}@mail.example` : `resident number ${i}`;
    addUser(database, run, `resident${i}`, randomBytes(12).toString('hex'), `Resident ${i}`, about);
  }
  const group = database.prepare('INSERT INTO groups (title, open) VALUES (?, 1)');
  for (const title of ['Town square', 'Study room 学习室', 'Kitchen table']) group.run(title);
  const message = database.prepare(
    'INSERT INTO messages (author, group_id, recipient, body, at) VALUES (?, 1, ?, ?, ?)',
  );
  message.run('resident1', '', 'Welcome to the town square!', Date.now());
  message.run('resident2', '', '大家好，欢迎来到广场。', Date.now());
  const vault = database.prepare('INSERT INTO vault (owner, secret) VALUES (?, ?)');
  vault.run('billing', canaries.chatVault);
  database.exec('COMMIT');
}
