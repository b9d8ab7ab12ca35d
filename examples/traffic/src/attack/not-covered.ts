/** Attacks that no rule about a single request can see. They are made, and reported by name when they get data. */
import type { Attack } from './scene.ts';

export const NOT_COVERED_ATTACKS: readonly Attack[] = [
  {
    name: 'scraping',
    isCovered: false,
    async run(attacker) {
      const person = await attacker.member('chat');
      for (let after = 0; after < 80; after += 20) await attacker.get(person, '/api/people', { name: '', after });
    },
  },
  {
    name: 'leaked-secret',
    isCovered: false,
    async run(attacker) {
      const session = attacker.scene.sessions.chat();
      if (session === undefined) return;
      const person = attacker.stranger('chat');
      person.takeCookies(session);
      await attacker.get(person, '/api/me');
    },
  },
  {
    name: 'phishing-spread',
    isCovered: false,
    async run(attacker) {
      const { identity } = attacker.scene.victims.chat;
      const person = await attacker.member('chat');
      const link = `https://town-chat-login.example/verify?case=${attacker.random.letters(6)}`;
      const text = `Your account is locked. Confirm your password here: ${link}`;
      for (const to of [identity.user, ...attacker.scene.accounts.chat.slice(0, 4).map((friend) => friend.user)]) {
        await attacker.postJson(person, '/api/messages', { to, text });
      }
      const me = await attacker.get(person, '/api/me');
      const user = String(person.fields(me).user ?? '');
      const inbox = await attacker.scene.victims.chat.look('/api/messages', { with: user });
      if (inbox.isGenuine && inbox.text.includes(link)) attacker.attempt.gotData = true;
    },
  },
  {
    name: 'idor-grades',
    isCovered: false,
    async run(attacker) {
      const person = await attacker.member('campus');
      for (let student = 2; student <= 9; student++) await attacker.get(person, '/grades', { student });
    },
  },
  {
    name: 'mass-assignment',
    isCovered: false,
    async run(attacker) {
      const person = await attacker.member('campus');
      await attacker.postForm(person, '/profile', { name: 'New Name', role: 'teacher' });
      await attacker.get(person, '/teacher', { id: 1 });
    },
  },
  {
    name: 'unprotected-export',
    isCovered: false,
    async run(attacker) {
      await attacker.get(attacker.stranger('campus'), '/export', { what: 'grades' });
    },
  },
];
