import type { AnswerLikeness, ServiceLikeness } from '@seawall/contract';
import type { Seeded } from './random.ts';

const TEXTS: Readonly<Record<number, readonly string[]>> = {
  400: ['bad request', 'the request could not be read'],
  401: ['sign in first', 'not signed in'],
  403: ['not allowed', 'forbidden'],
  404: ['not found', 'no such page'],
  500: ['internal error', 'something went wrong'],
};

export function errorText(status: number, random: Seeded): string {
  return random.pick(TEXTS[status] ?? ['error']);
}

/** A plain answer with the head that the service's other answers have. */
export function genericAnswer(likeness: ServiceLikeness, status: number): AnswerLikeness {
  const usual = likeness.answers.filter((one) => one.method !== 'WEBSOCKET').toSorted((a, b) => b.seen - a.seen)[0];
  const fields = (usual?.fields ?? []).filter(([name]) => !/^(?:content-type|location)$/i.test(name));
  return {
    method: 'GET',
    path: '/',
    status,
    fields: [...fields, ['Content-Type', 'text/plain; charset=utf-8']],
    contentType: 'text/plain; charset=utf-8',
    cookies: [],
    seen: 0,
  };
}
