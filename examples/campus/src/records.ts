/** The campus' state: answers the pages' and the grader's calls. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addressFrom, announce } from '../../ground/src/address.ts';
import { serveLines } from '../../ground/src/line-rpc.ts';
import { Refusal } from '../../ground/src/refusal.ts';
import { Run } from '../../ground/src/run-file.ts';
import { UnsafeQueries } from '../../ground/src/unsafe-queries.ts';
import type { CampusRecords, Course, User } from './records-api.ts';
import { addUser, hashPassword, openRecords } from './records-tables.ts';

const run = Run.fromEnvironment();
const folder = process.env.EXAMPLE_DATA ?? mkdtempSync(path.join(tmpdir(), 'campus-records-'));
mkdirSync(folder, { recursive: true });
const file = path.join(folder, 'campus.sqlite');
const database = openRecords(file, run);
const unsafe = new UnsafeQueries(file);

// Columns are known from the tables above each statement; node:sqlite types rows as open records.
const all = <T>(sql: string, ...values: (string | number)[]): T[] => database.prepare(sql).all(...values) as T[];
const one = <T>(sql: string, ...values: (string | number)[]): T | undefined => all<T>(sql, ...values)[0];
const change = (sql: string, ...values: (string | number)[]): number =>
  Number(database.prepare(sql).run(...values).lastInsertRowid);

function found<T>(row: T | undefined, what: string): T {
  if (row === undefined) throw new Refusal(404, `no such ${what}`);
  return row;
}

const USER = 'SELECT users.id, login AS user, name, about, city, role FROM users';
const PROFILE_COLUMNS = ['name', 'about', 'city', 'email', 'role'];

const accounts = {
  signUp({ user, password, name }) {
    if (!/^[\w.-]{2,40}$/.test(user) || password.length < 6) throw new Refusal(400, 'choose another name or password');
    if (one('SELECT 1 FROM users WHERE login = ?', user)) throw new Refusal(409, 'this name is taken');
    addUser(database, run, { user, password, name, role: 'student', email: `${user}@campus.example` });
  },
  logIn({ user, password }) {
    const row = one<{ id: number; salt: string; hash: string }>(
      'SELECT id, salt, hash FROM users WHERE login = ?',
      user,
    );
    if (!row || hashPassword(password, row.salt) !== row.hash) throw new Refusal(401, 'wrong name or password');
    const session = randomBytes(18).toString('hex');
    change('INSERT INTO sessions (id, user_id) VALUES (?, ?)', session, row.id);
    return session;
  },
  logOut({ session }) {
    change('DELETE FROM sessions WHERE id = ?', session);
  },
  userOf({ session }) {
    const row = one<User>(`${USER} JOIN sessions ON users.id = user_id WHERE sessions.id = ?`, session);
    if (!row) throw new Refusal(401, 'sign in first');
    return row;
  },
  // A documented hole, mass assignment: `role` is among the columns that a form may name.
  changeProfile({ id, fields }) {
    for (const column of PROFILE_COLUMNS) {
      const value = fields[column];
      if (value !== undefined) change(`UPDATE users SET ${column} = ? WHERE id = ?`, value, id);
    }
    return found(one<User>(`${USER} WHERE users.id = ?`, id), 'person');
  },
} satisfies Partial<CampusRecords>;

const teaching = {
  // A documented hole: SQL made from what was typed.
  searchCourses: ({ q }) =>
    unsafe.run(`SELECT id, title, teacher, summary FROM courses WHERE title LIKE '%${q}%' ORDER BY 1 LIMIT 30`),
  course: ({ id }) => ({
    course: found(one<Course>('SELECT * FROM courses WHERE id = ?', id), 'course'),
    lessons: all('SELECT * FROM lessons WHERE course = ?', id),
    tasks: all('SELECT id, course, question, is_exam AS isExam FROM tasks WHERE course = ?', id),
  }),
  lesson: ({ id }) => found(one('SELECT * FROM lessons WHERE id = ?', id), 'lesson'),
  task: ({ id }) => found(one('SELECT id, course, question, is_exam AS isExam FROM tasks WHERE id = ?', id), 'task'),
  answerKey: ({ id }) => found(one<{ answer: string }>('SELECT answer FROM tasks WHERE id = ?', id), 'task').answer,
  keepGrade({ task, student, score, remark }) {
    change(
      'INSERT OR REPLACE INTO grades (task, student, score, remark) VALUES (?, ?, ?, ?)',
      task,
      student,
      score,
      remark,
    );
  },
  grades: ({ student }) => all('SELECT task, student, score, remark FROM grades WHERE student = ?', student),
  students: ({ course }) =>
    all(
      `SELECT users.id, login AS user, name, max(score) AS best FROM users JOIN grades ON student = users.id
       JOIN tasks ON tasks.id = task WHERE tasks.course = ? GROUP BY users.id ORDER BY users.id LIMIT 100`,
      course,
    ),
  exported: ({ what }) =>
    what === 'grades'
      ? all('SELECT name, email, score FROM users JOIN grades ON student = users.id ORDER BY users.id LIMIT 500')
      : [],
} satisfies Partial<CampusRecords>;

const forum = {
  posts: ({ course }) =>
    all('SELECT id, author, text, at FROM posts WHERE course = ? ORDER BY id DESC LIMIT 60', course),
  post({ course, author, text }) {
    const at = Date.now();
    const id = change('INSERT INTO posts (course, author, text, at) VALUES (?, ?, ?, ?)', course, author, text, at);
    return { id, author, text, at };
  },
} satisfies Partial<CampusRecords>;

const methods: CampusRecords = { ...accounts, ...teaching, ...forum };
const rpc = serveLines(addressFrom('EXAMPLE_LISTEN', 9210), run.peerToken, methods);
rpc.server.on('listening', () => announce('campus-records', rpc.server));
