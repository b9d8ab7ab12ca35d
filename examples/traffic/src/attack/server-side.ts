/** Attacks on what a service does for its users with files, commands and addresses. */
import { insideUrl } from '../mutate/address.ts';
import { climbing } from '../mutate/path.ts';
import { shellInjection } from '../mutate/shell.ts';
import type { Attack } from './scene.ts';

const TRIES = 6;

export const SERVER_SIDE_ATTACKS: readonly Attack[] = [
  {
    name: 'traversal-attachments',
    isCovered: true,
    async run(attacker) {
      const person = await attacker.member('chat');
      for (let i = 0; i < TRIES; i++) {
        const [file, depth] = attacker.random.pick([
          ['etc/passwd', 3],
          ['app.env', 1],
          ['server.key', 1],
        ] as const);
        const base = file === 'etc/passwd' ? file : `srv/chat/${file}`;
        await attacker.getRaw(person, '/api/attachments', 'file', climbing(base, depth + 2, attacker.random));
      }
    },
  },
  {
    name: 'traversal-quiet',
    isCovered: true,
    async run(attacker) {
      const person = await attacker.member('chat');
      for (const name of ['welcome.txt', 'server.key', 'server.key']) {
        await attacker.postJson(person, '/api/attachments/open', { folder: '..', name });
      }
    },
  },
  {
    name: 'traversal-lesson-files',
    isCovered: true,
    async run(attacker) {
      const person = attacker.stranger('campus');
      for (let i = 0; i < TRIES; i++) {
        const file = attacker.random.pick(['etc/passwd', 'srv/campus/config/app.env']);
        await attacker.getRaw(person, '/files', 'file', climbing(file, 3, attacker.random));
      }
    },
  },
  {
    name: 'command-injection',
    isCovered: true,
    async run(attacker) {
      const person = await attacker.member('chat');
      for (let i = 0; i < TRIES; i++) {
        await attacker.getRaw(person, '/api/thumbnail', 'size', shellInjection('settings.conf', attacker.random));
      }
    },
  },
  {
    name: 'ssrf-preview',
    isCovered: true,
    async run(attacker) {
      const person = await attacker.member('chat');
      for (let i = 0; i < TRIES; i++)
        await attacker.postJson(person, '/api/preview', { url: insideUrl(attacker.random) });
    },
  },
];
