import { ODD_TEXTS, SEARCHES, someText } from '../texts.ts';
import type { Friend } from './friend.ts';

type Doing = (friend: Friend, others: readonly Friend[]) => Promise<void>;

let textCount = 0;

/** A text that nobody else writes, so that it can be found again. */
export function ownText(friend: Friend, oddShare?: number): string {
  textCount++;
  return `${someText(friend.random, oddShare)} [${friend.identity.user} ${textCount}]`;
}

const someoneElse = (friend: Friend, others: readonly Friend[]): Friend => {
  const known = others.filter((other) => other !== friend && other.hasLoggedIn);
  return known.length > 0 ? friend.random.pick(known) : friend;
};

const DOINGS: readonly Doing[] = [
  async (friend) => {
    await friend.check('chat: me', friend.person.get('/api/me'), { includes: friend.identity.user });
    await friend.check('chat: script', friend.person.get('/app.js'), { includes: 'use strict' });
  },
  async (friend) => {
    const text = ownText(friend);
    const holds = (reply: { text: string }): boolean => friend.person.parse(reply.text).text === text;
    await friend.check('chat: post to group', friend.person.postJson('/api/messages', { group: 1, text }), {
      status: 201,
      holds,
    });
    await friend.think();
    await friend.check('chat: wall', friend.person.get('/wall', { group: 1 }), { includes: 'Town square' });
  },
  async (friend, others) => {
    const other = someoneElse(friend, others).identity.user;
    const text = ownText(friend);
    await friend.check('chat: post to person', friend.person.postJson('/api/messages', { to: other, text }), {
      status: 201,
    });
    const shown = JSON.stringify(text).slice(1, -1);
    await friend.check('chat: read talk', friend.person.get('/api/messages', { with: other }), { includes: shown });
  },
  async (friend) => {
    const q = friend.random.pick(SEARCHES);
    await friend.check('chat: search', friend.person.get('/api/search', { q }), {
      holds: (reply) => Array.isArray(friend.person.parse(reply.text).results),
    });
  },
  async (friend) => {
    const name = friend.random.pick(["O'Brien", '王', 'Chen', "D'Angelo", 'Anna']);
    await friend.check('chat: people', friend.person.get('/api/people', { name }), {
      holds: (reply) => Array.isArray(friend.person.parse(reply.text).results),
    });
  },
  async (friend) => {
    const about = ownText(friend, 0.8);
    const fields = { name: friend.identity.name, about };
    await friend.check('chat: profile', friend.person.postJson('/api/profile', fields), {
      holds: (reply) => friend.person.parse(reply.text).about === about,
    });
  },
  async (friend, others) => {
    const other = someoneElse(friend, others).identity.user;
    await friend.check('chat: befriend', friend.person.postJson('/api/friends', { user: other }), { status: 201 });
    await friend.check('chat: friends', friend.person.get('/api/friends'), { includes: other });
  },
  async (friend) => {
    await friend.check('chat: groups', friend.person.get('/api/groups'), { includes: 'Study room' });
    const group = friend.random.pick([1, 2, 3]);
    await friend.check('chat: join', friend.person.postJson('/api/groups/join', { group }));
    await friend.check('chat: read group', friend.person.get('/api/messages', { group }));
  },
  exchangeFiles,
  async (friend) => {
    const size = friend.random.pick(['64 64', '128 96', '32']);
    await friend.check('chat: thumbnail', friend.person.get('/api/thumbnail', { size }), { includes: `P2 ${size}` });
  },
  async (friend) => {
    const url = friend.random.pick([
      'https://example.org/notes?id=3&lang=en#top',
      'http://news.example.com/2026/11/a_b-c',
    ]);
    await friend.check('chat: preview', friend.person.postJson('/api/preview', { url }), {
      holds: (reply) => friend.person.parse(reply.text).url === url,
    });
  },
];

async function exchangeFiles(friend: Friend): Promise<void> {
  const content = `${friend.random.shuffle(ODD_TEXTS).slice(0, 4).join('\n')}\n${ownText(friend)}\n`;
  const sent = friend.person.postFile('/api/attachments', { name: 'notes.txt', content }, "Anna's notes");
  const reply = await friend.check('chat: upload', sent, { status: 201 });
  const { file } = friend.person.fields(reply);
  if (typeof file !== 'string') return;
  await friend.check('chat: download', friend.person.get('/api/attachments', { file }), {
    holds: (answer) => answer.text === content,
  });
  await friend.check('chat: open', friend.person.postJson('/api/attachments/open', { folder: '.', name: file }), {
    holds: (answer) => friend.person.parse(answer.text).content === content,
  });
}

/** One evening in the chat after another. */
export async function liveInChat(friend: Friend, others: readonly Friend[]): Promise<void> {
  while (!friend.isOver) {
    for (let i = 0; i < 14 && !friend.isOver; i++) {
      await friend.random.pick(DOINGS)(friend, others);
      await friend.think();
    }
    if (friend.isOver || !friend.random.chance(0.5)) continue;
    await friend.logOut();
    await friend.think();
    await friend.logIn();
  }
}
