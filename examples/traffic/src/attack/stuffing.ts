/** Credential stuffing: one account's candidate passwords, each from another address of a botnet. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BROWSERS } from '../identities.ts';
import type { Service } from '../person.ts';
import type { Attack } from './scene.ts';

const COMMON: readonly string[] = [
  ...'123456 password qwerty123 iloveyou admin123 letmein! dragon88 monkey12 football 111111'.split(' '),
  ...'sunshine princess welcome1 abc12345 passw0rd woaini1314 5201314 baseball trustno1 hunter2'.split(' '),
];

/** At least this many wrong candidates stand before the right one. */
const WRONG_FIRST = 8;
const CANDIDATES = 11;

const stuffing = (service: Service): Attack => ({
  name: `stuffing-${service}`,
  isCovered: true,
  async run(attacker) {
    const { random, scene } = attacker;
    const account = random.pick(scene.stuffed[service]);
    const place = WRONG_FIRST + random.below(CANDIDATES - WRONG_FIRST);
    const candidates = random.shuffle(COMMON).slice(0, CANDIDATES).toSpliced(place, 0, account.password);
    for (const password of candidates) {
      const from = { address: random.pick(scene.botnet), agent: random.pick(BROWSERS) };
      const person = attacker.stranger(service, from);
      const fields = { user: account.user, password };
      if (service === 'chat') await attacker.postJson(person, '/api/login', fields);
      else await attacker.postForm(person, '/login', fields);
      if (person.isSignedIn) await attacker.get(person, service === 'chat' ? '/api/me' : '/profile');
      await sleep(random.between(150, 300));
    }
  },
});

export const STUFFING_ATTACKS: readonly Attack[] = [stuffing('chat'), stuffing('campus')];
