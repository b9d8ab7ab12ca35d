import type { AnswerLikeness, ServiceLikeness } from '@seawall/contract';
import { matchesTemplate } from './path-template.ts';
import type { Question } from './question.ts';

/** Well-formed first, then what was seen most often. */
function rank(answer: AnswerLikeness): number {
  const good = answer.status < 300 ? 2 : answer.status < 400 ? 1 : 0;
  return good * 1e12 + answer.seen;
}

const best = (answers: readonly AnswerLikeness[]): AnswerLikeness | undefined =>
  answers.toSorted((a, b) => rank(b) - rank(a))[0];

/** Answers that were seen at this place. An exact path goes before a template. */
export function answersAt(likeness: ServiceLikeness, method: string, path: string): readonly AnswerLikeness[] {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const plain = path.split(/[?#]/, 1)[0] ?? '';
  const matching = likeness.answers.filter((one) => one.method === wanted && matchesTemplate(one.path, plain));
  const exact = matching.filter((one) => one.path === plain);
  return exact.length > 0 ? exact : matching;
}

/** The likeness to imitate for a question; undefined when the service has no such place. */
export function chooseAnswer(likeness: ServiceLikeness, question: Question): AnswerLikeness | undefined {
  return best(answersAt(likeness, question.method, question.path));
}

/** How the service says that something went wrong: the same status if it was seen, else the commonest error. */
export function chooseError(likeness: ServiceLikeness, status: number): AnswerLikeness | undefined {
  const errors = likeness.answers.filter((one) => one.status >= 400 && one.method !== 'WEBSOCKET');
  const same = errors.filter((one) => one.status === status);
  const pool = same.length > 0 ? same : errors;
  return pool.toSorted((a, b) => b.seen - a.seen)[0];
}

/**
 * A place that was only seen by GET is sent something: a page is shown again by a redirect, an API says that it worked, as
 * services do. Undefined for places that were never seen.
 */
export function guessAnswer(likeness: ServiceLikeness, question: Question): AnswerLikeness | undefined {
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(question.method)) return undefined;
  const seen = best(answersAt(likeness, 'GET', question.path));
  if (!seen || seen.status >= 400) return undefined;
  const fields = seen.fields.filter(([name]) => !/^(?:location|etag|last-modified)$/i.test(name));
  if (seen.json) return { ...seen, fields, method: question.method, json: WORKED };
  const { page: _page, ...head } = seen;
  const location = seen.path.replaceAll('{id}', '{{id}}');
  return { ...head, method: question.method, status: 303, fields: [...fields, ['Location', location]] };
}

const WORKED: AnswerLikeness['json'] = { kind: 'object', members: { ok: { kind: 'boolean' } } };
