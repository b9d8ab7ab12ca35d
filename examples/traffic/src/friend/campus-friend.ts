import { COURSE_SEARCHES } from '../texts.ts';
import { ownText } from './chat-friend.ts';
import type { Friend } from './friend.ts';

const ANSWERS = [
  'where',
  '3',
  'goat',
  'p',
  '5',
  'sextant',
  'I think it is where, because it filters rows',
  "I don't know",
];

const encoded = (text: string): string =>
  text.replace(/[&<>"']/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? '&#39;');

/** A day of learning, from the list of courses to the forum. */
async function learn(friend: Friend): Promise<void> {
  const { person, random } = friend;
  const id = 1 + random.below(6);
  await friend.check('campus: courses', person.get('/courses'), { includes: 'Linear algebra' });
  const search = random.pick(COURSE_SEARCHES);
  await friend.check('campus: search', person.get('/courses', { search }), { includes: '<li>' });
  await friend.think();
  await friend.check('campus: course', person.get('/course', { id }), { includes: 'Lessons' });
  await friend.check('campus: lesson', person.get('/lesson', { id }), { includes: 'first steps' });
  await friend.check('campus: file', person.get('/files', { file: `lesson-${id}.txt` }), { includes: `第 ${id} 课` });
  await friend.think();
  await handIn(friend, random.chance(0.3) ? '/exam' : '/exercise', id);
  if (friend.isOver) return;
  const text = ownText(friend);
  await friend.check('campus: post', person.postForm('/forum', { text }, { id }), { status: 303 });
  await friend.check('campus: forum', person.get('/forum', { id }), { includes: 'Forum' });
  await friend.check('campus: grades', person.get('/grades'), { includes: 'Score' });
  if (!random.chance(0.4)) return;
  const about = ownText(friend, 0.8);
  const fields = {
    name: friend.identity.name,
    about,
    city: random.pick(["L'Aquila", '北京', 'Winston-Salem', 'São Paulo']),
  };
  await friend.check('campus: profile', person.postForm('/profile', fields), { includes: encoded(about) });
}

async function handIn(friend: Friend, kind: '/exercise' | '/exam', course: number): Promise<void> {
  const id = course * 2 - (kind === '/exercise' ? 1 : 0);
  const answer = friend.random.chance(0.5) ? friend.random.pick(ANSWERS) : ownText(friend);
  await friend.check(`campus: ${kind.slice(1)}`, friend.person.get(kind, { id }), { includes: 'Your answer' });
  await friend.think();
  const sent = friend.person.postForm('/answer', { answer }, { id });
  await friend.check('campus: hand in', sent, { includes: encoded(answer) });
}

export async function studyAtCampus(friend: Friend): Promise<void> {
  while (!friend.isOver) {
    await learn(friend);
    await friend.think();
    if (friend.isOver || !friend.random.chance(0.5)) continue;
    await friend.logOut();
    await friend.think();
    await friend.logIn();
  }
}

/** The teacher reads the list of students, exports grades and answers in the forum. */
export async function teachAtCampus(friend: Friend): Promise<void> {
  const { person, random } = friend;
  while (!friend.isOver) {
    const id = 1 + random.below(6);
    await friend.check('campus: students', person.get('/teacher', { id }), { includes: 'Students' });
    await friend.check('campus: export', person.get('/export', { what: 'grades' }), { includes: 'name,email,score' });
    await friend.think();
    await friend.check('campus: post', person.postForm('/forum', { text: ownText(friend) }, { id }), { status: 303 });
    await friend.think();
  }
}
