import type { AnswerLikeness, ServiceLikeness } from '@seawall/contract';
import { mergeShapes } from './json-shape.ts';

/** The contract's bound: a scanner that asks for a million paths must not push out what the service really has. */
export const MAX_ANSWERS = 256;
/** More places than this under one name are things, not places: `/users/alice`, `/users/bob` … become `/users/{id}`. */
const MAX_SIBLINGS = 48;

const keyOf = (answer: AnswerLikeness): string =>
  `${answer.method} ${answer.status} ${answer.contentType.split(';', 1)[0] ?? ''} ${answer.path}`;

/** Both together; the answers seen most often stay when there are too many. */
export function merge(a: ServiceLikeness, b: ServiceLikeness): ServiceLikeness {
  return { service: a.service, answers: addAnswers(a.answers, b.answers) };
}

export function addAnswers(
  known: readonly AnswerLikeness[],
  more: readonly AnswerLikeness[],
): ServiceLikeness['answers'] {
  const answers = joinEqual([...known, ...more], new Map());
  const collapsed = answers.size > MAX_SIBLINGS ? collapseSiblings(answers) : answers;
  const all = [...collapsed.values()];
  if (all.length <= MAX_ANSWERS) return all;
  return all.sort((one, other) => other.seen - one.seen || (one.status < 400 ? -1 : 1)).slice(0, MAX_ANSWERS);
}

function joinEqual(list: readonly AnswerLikeness[], into: Map<string, AnswerLikeness>): Map<string, AnswerLikeness> {
  for (const answer of list) {
    const key = keyOf(answer);
    const before = into.get(key);
    into.set(key, before ? mergeAnswer(before, answer) : answer);
  }
  return into;
}

function collapseSiblings(answers: ReadonlyMap<string, AnswerLikeness>): Map<string, AnswerLikeness> {
  const groups = new Map<string, number>();
  const parent = (answer: AnswerLikeness): string => {
    const path = answer.path.slice(0, answer.path.lastIndexOf('/'));
    return keyOf({ ...answer, path });
  };
  for (const answer of answers.values()) groups.set(parent(answer), (groups.get(parent(answer)) ?? 0) + 1);
  const collapsed = [...answers.values()].map((answer) => {
    // The first level holds the places of the service itself; errors there are guesses of a scanner.
    const isTop = answer.path.lastIndexOf('/') === 0 && answer.status < 400;
    if (isTop || (groups.get(parent(answer)) ?? 0) <= MAX_SIBLINGS) return answer;
    return { ...answer, path: `${answer.path.slice(0, answer.path.lastIndexOf('/'))}/{id}` };
  });
  return joinEqual(collapsed, new Map());
}

function mergeAnswer(a: AnswerLikeness, b: AnswerLikeness): AnswerLikeness {
  const values = new Map(b.fields.map(([name, value]) => [name.toLowerCase(), value]));
  const json = a.json && b.json ? mergeShapes(a.json, b.json) : (a.json ?? b.json);
  const page = (b.page?.length ?? 0) > (a.page?.length ?? 0) ? b.page : a.page;
  const cookies = [...a.cookies];
  for (const cookie of b.cookies) {
    if (cookies.length < 10 && !cookies.some((one) => one.name === cookie.name)) cookies.push(cookie);
  }
  return {
    ...a,
    // A value that differs between two answers is no setting of the server.
    fields: a.fields.map(([name, value]) => {
      const other = values.get(name.toLowerCase());
      return [name, other === undefined || other === value ? value : null];
    }),
    ...(json ? { json } : {}),
    ...(page === undefined ? {} : { page }),
    cookies,
    seen: a.seen + b.seen,
  };
}
