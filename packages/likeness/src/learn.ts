import type { DecoyStep, ServiceLikeness } from '@seawall/contract';
import { readAttacks } from './attack.ts';
import { honeyTokens } from './fake-host.ts';
import { readCredentials } from './play-login.ts';
import { valuesOf, type Question } from './question.ts';
import { readTool } from './tool.ts';

export type Learned = DecoyStep['learned'];

const MAX_LEARNED = 12;

/** What a question tells about its sender: credentials tried, files, addresses, payloads and tools. */
export function learnFrom(likeness: ServiceLikeness, question: Question, userAgent: string, seed: string): Learned {
  const learned: Learned = [];
  const add = (kind: Learned[number]['kind'], text: string): void => {
    if (text !== '' && learned.length < MAX_LEARNED) learned.push({ kind, text: text.slice(0, 300) });
  };
  const attacks = readAttacks(question);
  const tool = readTool(userAgent, [question.path, ...valuesOf(question).map(({ value }) => value)]);
  if (tool !== undefined) add('tool', tool);
  const credentials = readCredentials(likeness, question);
  if (credentials) add('credentials', `${credentials.account} / ${credentials.password}`);
  for (const { family, payload, aim } of attacks) {
    if (family === 'lfi' || family === 'xxe') add('file', aim);
    if (family === 'ssrf') add('url', aim);
    add('payload', `${family}: ${payload}`);
  }
  for (const url of urlsIn(question)) if (!learned.some(({ text }) => text === url)) add('url', url);
  // Credentials that only this session was shown: their use proves who took them.
  const whole = `${question.path}?${question.query}\n${question.body}`;
  if (Object.values(honeyTokens(seed)).some((token) => whole.includes(token)))
    add('payload', 'honey-token: used what the decoy had shown');
  return learned;
}

/** The text that a service would store of this question: the longest value of something sent; undefined for log-ins and reads. */
export function postedText(likeness: ServiceLikeness, question: Question): string | undefined {
  if (question.method !== 'POST' || readCredentials(likeness, question)) return undefined;
  const texts = valuesOf(question).map(({ value }) => value.slice(0, MAX_POSTED));
  const longest = texts.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined || longest === '' ? undefined : longest;
}

/** Longer texts would let a source fill the memory of its session. */
const MAX_POSTED = 400;

/** Addresses in the values: where a payload is fetched from or reports to. */
function urlsIn(question: Question): readonly string[] {
  const found = valuesOf(question).flatMap(
    ({ value }) => value.slice(0, 2_000).match(/\b(?:https?|ftp|ldaps?|rmi):\/\/[^\s"'<>)}]{3,200}/gi) ?? [],
  );
  return [...new Set(found)].slice(0, 4);
}
