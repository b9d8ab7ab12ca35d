/** The campus' pages. Texts are escaped everywhere but in the forum, which is a documented hole. */
import type { Run } from '../../ground/src/run-file.ts';
import { escapeHtml } from '../../ground/src/service.ts';
import type { Course, Grade, Lesson, Post, Task, User } from './records-api.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}
nav a{margin-right:1rem}h1{font-size:1.4rem}input,textarea,button{font:inherit;padding:.35rem .6rem}
table{border-collapse:collapse}td,th{border:1px solid #8886;padding:.25rem .6rem;text-align:left}.post{border-top:1px solid #8884;padding:.4rem 0}`;

export class Pages {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  style = (): string => STYLE;

  href(path: string, query: Readonly<Record<string, string | number>> = {}): string {
    const pairs = Object.entries(query).map(
      ([name, value]) => `${this.#run.names.word(name)}=${encodeURIComponent(value)}`,
    );
    return this.#run.names.path(path) + (pairs.length > 0 ? `?${pairs.join('&amp;')}` : '');
  }

  layout(title: string, body: string, user?: User): string {
    const links = [
      ['/', 'Campus'],
      ['/courses', 'Courses'],
      ['/grades', 'Grades'],
      ['/profile', 'Profile'],
    ] as const;
    const nav = links.map(([path, text]) => `<a href="${this.href(path)}">${text}</a>`).join('');
    const who = user
      ? `${escapeHtml(user.name)} (${escapeHtml(user.role)})`
      : `<a href="${this.href('/login')}">Log in</a>`;
    return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="${this.href('/style.css')}"></head>
<body><nav>${nav}${who}</nav><h1>${escapeHtml(title)}</h1>${body}</body></html>`;
  }

  #field(name: string, label: string, type = 'text', value = ''): string {
    const attributes = `name="${this.#run.names.word(name)}" type="${type}" value="${escapeHtml(value)}"`;
    return `<p><label>${label} <input ${attributes}></label></p>`;
  }

  form(path: string, fields: string, button: string, query: Readonly<Record<string, string | number>> = {}): string {
    return `<form method="post" action="${this.href(path, query)}">${fields}<button>${button}</button></form>`;
  }

  front(user: User | undefined): string {
    const body = `<p>Courses, exercises and a forum: an example of Seawall, with deliberate holes. Use it on this computer only.</p>
<p><a href="${this.href('/signup')}">Sign up</a> or <a href="${this.href('/login')}">log in</a>, then <a href="${this.href('/courses')}">choose a course</a>.</p>`;
    return this.layout('Open campus', body, user);
  }

  login(): string {
    const fields = this.#field('user', 'Name') + this.#field('password', 'Password', 'password');
    return this.layout('Log in', this.form('/login', fields, 'Log in'));
  }

  signUp(): string {
    const fields = `${this.#field('user', 'Short name')}${this.#field('name', 'Full name')}${this.#field('password', 'Password', 'password')}`;
    return this.layout('Sign up', this.form('/signup', fields, 'Sign up'));
  }

  courses(rows: readonly Record<string, string | number | null>[], q: string, user: User | undefined): string {
    const items = rows.map((row) => {
      const [id, title, teacher, summary] = Object.values(row).map((value) => escapeHtml(String(value ?? '')));
      return `<li><a href="${this.href('/course', { id: id ?? '' })}">${title}</a> by ${teacher}: ${summary}</li>`;
    });
    const find = `<form action="${this.href('/courses')}"><input name="${this.#run.names.word('search')}" value="${escapeHtml(q)}"><button>Search</button></form>`;
    return this.layout('Courses', `${find}<ul>${items.join('')}</ul>`, user);
  }

  course({ course, lessons, tasks }: { course: Course; lessons: Lesson[]; tasks: Task[] }, user: User): string {
    const read = lessons.map(
      (l) => `<li><a href="${this.href('/lesson', { id: l.id })}">${escapeHtml(l.title)}</a></li>`,
    );
    const todo = tasks.map((task) => {
      const path = task.isExam === 1 ? '/exam' : '/exercise';
      return `<li><a href="${this.href(path, { id: task.id })}">${escapeHtml(task.question)}</a></li>`;
    });
    const body = `<p>${escapeHtml(course.summary)}</p><h2>Lessons</h2><ul>${read.join('')}</ul><h2>Exercises and exams</h2>
<ul>${todo.join('')}</ul><p><a href="${this.href('/forum', { id: course.id })}">Forum</a></p>`;
    return this.layout(course.title, body, user);
  }

  lesson(lesson: Lesson, user: User): string {
    const file = `<p><a href="${this.href('/files', { file: lesson.file })}">Notes to download</a></p>`;
    return this.layout(lesson.title, `<p>${escapeHtml(lesson.text)}</p>${file}`, user);
  }

  task(task: Task, user: User): string {
    const fields = this.#field('answer', 'Your answer');
    const body = `<p>${escapeHtml(task.question)}</p>${this.form('/answer', fields, 'Hand in', { id: task.id })}`;
    return this.layout(task.isExam === 1 ? 'Exam' : 'Exercise', body, user);
  }

  grade(grade: Grade, answer: string, user: User): string {
    const body = `<p>You wrote: <q>${escapeHtml(answer)}</q></p><p>Score ${grade.score}: ${escapeHtml(grade.remark)}</p>`;
    return this.layout('Your grade', body, user);
  }

  grades(grades: readonly Grade[], student: number, user: User): string {
    const rows = grades.map((g) => `<tr><td>${g.task}</td><td>${g.score}</td><td>${escapeHtml(g.remark)}</td></tr>`);
    const body = `<table><tr><th>Exercise</th><th>Score</th><th>Remark</th></tr>${rows.join('')}</table>`;
    return this.layout(`Grades of student ${student}`, body, user);
  }

  /** A documented hole: texts of posts are shown as they came, so markup in them runs. */
  forum(course: number, posts: readonly Post[], user: User): string {
    const list = posts.map((post) => `<div class="post"><b>${escapeHtml(post.author)}</b>: ${post.text}</div>`);
    const area = `<p><textarea name="${this.#run.names.word('text')}" rows="3" cols="50"></textarea></p>`;
    return this.layout('Forum', this.form('/forum', area, 'Post', { id: course }) + list.join('\n'), user);
  }

  profile(user: User): string {
    const fields = ['name', 'about', 'city'] as const;
    const inputs = fields.map((field) => this.#field(field, field, 'text', user[field])).join('');
    const code = this.#run.recoveryCode('campus', user.user);
    const body = `${this.form('/profile', inputs, 'Save')}<p>Your recovery code: <code>${code}</code></p>`;
    return this.layout('Profile', body, user);
  }

  teacher(students: readonly { id: number; user: string; name: string; best: number }[], user: User): string {
    const rows = students.map((s) => `<tr><td>${s.id}</td><td>${escapeHtml(s.name)}</td><td>${s.best}</td></tr>`);
    const body = `<p>Key of the staff room: <code>${this.#run.file.canaries.campusTeacher}</code></p>
<table><tr><th>Number</th><th>Student</th><th>Best</th></tr>${rows.join('')}</table>`;
    return this.layout('Students', body, user);
  }
}
