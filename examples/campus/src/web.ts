/** The campus' pages, one of two equal processes: what is known stays with the records process. */
import { addressFrom, announce } from '../../ground/src/address.ts';
import { RpcClient } from '../../ground/src/line-rpc.ts';
import { Refusal, text, whole } from '../../ground/src/refusal.ts';
import { Run } from '../../ground/src/run-file.ts';
import { Scratch } from '../../ground/src/scratch.ts';
import { escapeHtml, html, plain, serve, type Answer, type Ask } from '../../ground/src/service.ts';
import { Pages } from './pages.ts';
import type { CampusRecords, Grader, User } from './records-api.ts';

const FILES = '/srv/campus/files';
const run = Run.fromEnvironment();
const records = new RpcClient<CampusRecords>(addressFrom('CAMPUS_RECORDS', 9210), run.peerToken);
const grader = new RpcClient<Grader>(addressFrom('CAMPUS_GRADER', 9203), run.peerToken);
const pages = new Pages(run);
const scratch = makeFiles();

function makeFiles(): Scratch {
  const made = new Scratch(process.env.EXAMPLE_NAME ?? 'campus');
  const { campusFile } = run.file.canaries;
  made.write('/etc/passwd', `root:x:0:0:root:/root:/bin/sh\ncampus:x:1000:1000:${campusFile}:/srv/campus:/bin/sh\n`);
  made.write('/srv/campus/config/app.env', `SECRET_KEY=${campusFile}\n`);
  for (let i = 1; i <= 6; i++) made.write(`${FILES}/lesson-${i}.txt`, `Notes for lesson ${i}.\n笔记：第 ${i} 课。\n`);
  return made;
}

async function visitor(ask: Ask): Promise<User | undefined> {
  const session = ask.cookies.get('campus');
  if (session === undefined) return undefined;
  return records.call('userOf', { session }).catch((error: unknown) => {
    if (error instanceof Refusal && error.status === 401) return undefined;
    throw error;
  });
}

type Handler = (ask: Ask) => Promise<Answer>;

const student =
  (handle: (user: User, ask: Ask) => Promise<Answer>): Handler =>
  async (ask) => {
    const user = await visitor(ask);
    if (!user) throw new Refusal(401, 'sign in first');
    return handle(user, ask);
  };

const goTo = (path: string, query: Record<string, string | number> = {}): Answer => ({
  ...html('', 303),
  location: pages.href(path, query),
});

const accounts: Record<string, Handler> = {
  'GET /': async (ask) => html(pages.front(await visitor(ask))),
  'GET /style.css': async () => ({ ...plain(pages.style()), type: 'text/css; charset=utf-8' }),
  'GET /login': async () => html(pages.login()),
  'GET /signup': async () => html(pages.signUp()),
  'POST /signup': async (ask) => {
    const fields = await ask.fields();
    const [user, password, name] = [text(fields, 'user', 40), text(fields, 'password', 100), text(fields, 'name', 80)];
    await records.call('signUp', { user, password, name });
    return goTo('/login');
  },
  'POST /login': async (ask) => {
    const fields = await ask.fields();
    const asked = { user: text(fields, 'user', 40), password: text(fields, 'password', 100) };
    return { ...goTo('/courses'), cookie: ['campus', await records.call('logIn', asked)] };
  },
  'POST /logout': async (ask) => {
    await records.call('logOut', { session: ask.cookies.get('campus') ?? '' });
    return { ...goTo('/'), cookie: ['campus', ''] };
  },
  'GET /profile': student(async (user) => html(pages.profile(user))),
  'POST /profile': student(async (user, ask) => {
    const given = Object.entries(await ask.fields()).map(
      ([name, value]) => [name, String(value).slice(0, 4000)] as const,
    );
    return html(pages.profile(await records.call('changeProfile', { id: user.id, fields: Object.fromEntries(given) })));
  }),
};

const learning: Record<string, Handler> = {
  'GET /courses': async (ask) => {
    const q = text({ search: '', ...ask.query }, 'search');
    return html(pages.courses(await records.call('searchCourses', { q }), q, await visitor(ask)));
  },
  'GET /course': student(async (user, ask) => {
    return html(pages.course(await records.call('course', { id: whole(ask.query, 'id') }), user));
  }),
  'GET /lesson': student(async (user, ask) => {
    return html(pages.lesson(await records.call('lesson', { id: whole(ask.query, 'id') }), user));
  }),
  // A documented hole: the name is decoded once too often and joined as it came.
  'GET /files': async (ask) => {
    let file = text(ask.query, 'file');
    if (/%[0-9a-f]{2}/i.test(file)) file = decodeCarelessly(file);
    return plain((await scratch.readJoined(FILES, file.replaceAll('\\', '/'))).toString('utf8'));
  },
  'GET /exercise': student(async (user, ask) => html(pages.task(await taskOf(ask), user))),
  'GET /exam': student(async (user, ask) => html(pages.task(await taskOf(ask), user))),
  'POST /answer': student(async (user, ask) => {
    const answer = text(await ask.fields(), 'answer');
    const asked = { task: (await taskOf(ask)).id, student: user.id, answer };
    return html(pages.grade(await grader.call('grade', asked), answer, user));
  }),
  // A documented hole, IDOR: any student's number is taken.
  'GET /grades': student(async (user, ask) => {
    const number = whole(ask.query, 'student', user.id);
    return html(pages.grades(await records.call('grades', { student: number }), number, user));
  }),
  'GET /forum': student(async (user, ask) => {
    const course = whole(ask.query, 'id');
    return html(pages.forum(course, await records.call('posts', { course }), user));
  }),
  'POST /forum': student(async (user, ask) => {
    const course = whole(ask.query, 'id');
    await records.call('post', { course, author: user.user, text: text(await ask.fields(), 'text') });
    return goTo('/forum', { id: course });
  }),
};

const staff: Record<string, Handler> = {
  'GET /teacher': student(async (user, ask) => {
    if (user.role !== 'teacher') throw new Refusal(403, 'for teachers only');
    return html(pages.teacher(await records.call('students', { course: whole(ask.query, 'id', 1) }), user));
  }),
  // A documented hole: nobody asks who exports.
  'GET /export': async (ask) => {
    const rows = await records.call('exported', { what: text(ask.query, 'what', 40) });
    const lines = rows.map((row) => `${row.name},${row.email},${row.score}`);
    return { status: 200, type: 'text/csv; charset=utf-8', body: ['name,email,score', ...lines, ''].join('\n') };
  },
};

function taskOf(ask: Ask) {
  return records.call('task', { id: whole(ask.query, 'id') });
}

function decodeCarelessly(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}

const routes: Record<string, Handler> = { ...accounts, ...learning, ...staff };

const server = serve({
  run,
  listen: addressFrom('EXAMPLE_LISTEN', 9201),
  name: 'open-campus',
  async handle(ask) {
    const route = `${ask.method} ${ask.path}`;
    const handler = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (!handler) throw new Refusal(404, 'no such page');
    return handler(ask);
  },
  refuse: (refusal) => html(pages.layout('Sorry', `<p>${escapeHtml(refusal.message)}</p>`), refusal.status),
});
server.on('listening', () => announce(process.env.EXAMPLE_NAME ?? 'campus', server));
