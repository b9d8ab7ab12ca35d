import type { AnswerLikeness, ServiceLikeness } from '@seawall/contract';
import type { Attack } from './attack.ts';
import { answersAt } from './choose-answer.ts';
import { valuesOf, type Question } from './question.ts';
import { Seeded } from './random.ts';

export interface Credentials {
  readonly account: string;
  readonly password: string;
}

const ACCOUNT = /(?:^|[._-])(?:user(?:name)?|login|email|mail|account|uid|nick|handle|name)$/i;
const PASSWORD = /pass|pwd|secret|pin$/i;

/** Account and password of a log-in attempt: by the names of the values, or, at a place that sets a cookie, the first two. */
export function readCredentials(likeness: ServiceLikeness, question: Question): Credentials | undefined {
  if (question.method !== 'POST') return undefined;
  const given = valuesOf(question);
  const password = given.find(({ name }) => PASSWORD.test(name));
  const account = given.find(({ name }) => ACCOUNT.test(name));
  if (password && account) return { account: account.value.slice(0, 200), password: password.value.slice(0, 200) };
  const opensSession = answersAt(likeness, 'POST', question.path).some((one) => one.cookies.length > 0);
  const [first, second] = given;
  if (!opensSession || !first || !second || given.length > 4) return undefined;
  return { account: first.value.slice(0, 200), password: second.value.slice(0, 200) };
}

const WEAK = new Set([
  'admin',
  'password',
  '123456',
  '12345678',
  'letmein',
  'qwerty',
  'test',
  'root',
  'changeme',
  'secret',
]);

/**
 * The answer to a log-in attempt; undefined when it is none, or the place was never seen. One in three guesses works, weak
 * passwords and injections always do, and the same guess always ends the same: a door that opens to all is not believed.
 */
export function playLogin(
  likeness: ServiceLikeness,
  question: Question,
  attacks: readonly Attack[],
  seed: string,
): AnswerLikeness | undefined {
  const credentials = readCredentials(likeness, question);
  if (!credentials) return undefined;
  const answers = answersAt(likeness, 'POST', question.path).toSorted((a, b) => b.seen - a.seen);
  const success = answers.find((one) => one.status < 400 && one.cookies.length > 0);
  const failure = answers.find((one) => one.status >= 400 && one.status < 500);
  if (!success) return undefined;
  const { account, password } = credentials;
  const guess = new Seeded(`${seed}\u0000${account}\u0000${password}`).next();
  const opens = guess < 1 / 3 || WEAK.has(password.toLowerCase()) || attacks.some((one) => one.family === 'sqli');
  return opens || !failure ? success : failure;
}
