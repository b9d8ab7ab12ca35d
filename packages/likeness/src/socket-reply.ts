import { Buffer } from 'node:buffer';
import type { AnswerLikeness, JsonShape, ServiceLikeness } from '@seawall/contract';
import { readAttacks } from './attack.ts';
import { playQuery } from './fake-rows.ts';
import { fillJson } from './fill-json.ts';
import { inventText } from './invent.ts';
import { templatePath } from './path-template.ts';
import { Seeded } from './random.ts';
import { STATIC_WORDS } from './static-words.ts';

export interface SocketQuestion {
  /** Path of the handshake. */
  readonly path: string;
  /** The message, characters; '' asks for what the service says first. */
  readonly text: string;
  /** Counts the messages of this socket: the same text twice is another message. */
  readonly index: number;
}

export interface SocketOptions {
  readonly seed: string;
  readonly nowMs: number;
}

const MAX_MESSAGE = 65_536;

/** Messages of the service at this path, by their static word. */
function shapesAt(likeness: ServiceLikeness, path: string): readonly AnswerLikeness[] {
  const template = templatePath(path);
  return likeness.answers
    .filter((one) => one.method === 'WEBSOCKET' && one.json && one.path.split('#', 1)[0] === template)
    .toSorted((a, b) => b.seen - a.seen);
}

const wordOf = (answer: AnswerLikeness): string => answer.path.split('#', 2)[1] ?? '';

const ACKNOWLEDGING = ['ok', 'ack', 'success', 'delivered', 'created', 'result'];
const GREETING = ['hello', 'welcome', 'joined'];
const SPEAKING = ['message', 'event', 'notification', 'messages'];

/** What the service sends when a socket opens; nothing when that was never learned. */
export function greetSocket(likeness: ServiceLikeness, path: string, options: SocketOptions): readonly string[] {
  const shape = shapesAt(likeness, path).find((one) => GREETING.includes(wordOf(one)));
  return shape?.json ? [fill(shape.json, options, 'greeting', new Map())] : [];
}

/** What the service sends back for a message. */
export function replyTo(
  likeness: ServiceLikeness,
  question: SocketQuestion,
  options: SocketOptions,
): readonly string[] {
  const text = question.text.slice(0, MAX_MESSAGE);
  const sent = readObject(text);
  if (!sent) return [text];
  const shapes = shapesAt(likeness, question.path);
  const echo = new Map(Object.entries(sent));
  const part = `${question.index}`;
  const asksForRows = readAttacks({
    method: 'GET',
    path: '/',
    query: '',
    contentType: 'application/json',
    body: toLatin1(text),
  }).find(({ family }) => family === 'sqli');
  const results = shapes.find((one) => wordOf(one) === 'results' || wordOf(one) === 'result');
  const isSearch = Object.values(sent).includes('search') || asksForRows !== undefined;
  if (isSearch && results?.json) {
    const outcome = asksForRows ? playQuery(asksForRows.payload, options.seed) : undefined;
    const shown = outcome?.kind === 'rows' ? outcome.rows : [];
    return [fill(results.json, options, part, echo, shown, outcome?.kind === 'empty' ? 0 : undefined)];
  }
  const known = shapes.find((one) => ACKNOWLEDGING.includes(wordOf(one)));
  if (known?.json) return [fill(known.json, options, part, echo)];
  return [JSON.stringify(acknowledge(sent, question.index, options))];
}

/** Now and then somebody else says something, in the learned shape; undefined when none was learned. */
export function otherSpeaks(
  likeness: ServiceLikeness,
  path: string,
  index: number,
  options: SocketOptions,
): string | undefined {
  const shape = shapesAt(likeness, path).find((one) => SPEAKING.includes(wordOf(one)));
  return shape?.json ? fill(shape.json, options, `other ${index}`, new Map()) : undefined;
}

function fill(
  shape: JsonShape,
  options: SocketOptions,
  part: string,
  echo: ReadonlyMap<string, unknown>,
  shown: readonly string[] = [],
  rows?: number,
): string {
  const random = new Seeded(`${options.seed}\u0000socket\u0000${part}`);
  const more = { ...(shown.length > 0 ? { shown } : {}), ...(rows === undefined ? {} : { rows }) };
  return JSON.stringify(fillJson(shape, { random, nowMs: options.nowMs, freshMs: options.nowMs, echo, ...more }));
}

const toLatin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // Plain text is echoed, as a simple service would.
    return undefined;
  }
}

/** Without a learned shape: the kind becomes `ok`, references are repeated, the message gets a number. */
function acknowledge(
  sent: Readonly<Record<string, unknown>>,
  index: number,
  options: SocketOptions,
): Record<string, unknown> {
  const random = new Seeded(`${options.seed}\u0000number`);
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(sent).slice(0, 10)) {
    if (typeof value === 'string' && STATIC_WORDS.has(value)) made[name] = 'ok';
    else if (typeof value === 'number') made[name] = value;
  }
  if (Object.keys(made).length === 0) made.ok = inventText('static:true', 4, random, options.nowMs) === 'true';
  made.id = random.whole(200, 900) + index;
  return made;
}
