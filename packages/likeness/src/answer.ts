import { Buffer } from 'node:buffer';
import type { AnswerLikeness, ServiceLikeness } from '@seawall/contract';
import { readAttacks, type Attack } from './attack.ts';
import { fakeCommand, fakeFile, fakeInside } from './fake-host.ts';
import { playQuery } from './fake-rows.ts';
import { fillJson, hasList } from './fill-json.ts';
import { fillPage } from './fill-page.ts';
import { errorText, genericAnswer } from './generic-answers.ts';
import { inventAnswerFields } from './invent-fields.ts';
import { playLogin } from './play-login.ts';
import { chooseAnswer, chooseError, guessAnswer } from './choose-answer.ts';
import { valuesOf, type Question } from './question.ts';
import { Seeded } from './random.ts';

export interface DecoyAnswer {
  readonly status: number;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Latin1. */
  readonly body: string;
  /** How long the service would have worked on it, beyond the usual. */
  readonly delayMs: number;
}

export interface AnswerOptions {
  /** Of the source's session: the same question gets the same answer, another session another world. */
  readonly seed: string;
  readonly nowMs: number;
  /** Made-up dates count back from here: fixed for a session, so that a row keeps its date. Default `nowMs`. */
  readonly worldMs?: number;
  /** Texts that this session has sent, newest first: lists show them, as the service would have stored them. */
  readonly posted?: readonly string[];
}

/** What is put into the learned style. */
export interface Part {
  readonly shown?: readonly string[];
  /** Rows of lists; 0 = nothing found. */
  readonly rows?: number;
  readonly delayMs?: number;
  /** Texts for lists only. */
  readonly posted?: readonly string[];
}

/** A believable answer of the service to a question, made of its likeness and nothing else. */
export function answerFrom(likeness: ServiceLikeness, question: Question, options: AnswerOptions): DecoyAnswer {
  const attacks = readAttacks(question);
  const login = playLogin(likeness, question, attacks, options.seed);
  if (login) return dress(likeness, login, question, options, {});
  const [attack] = attacks;
  const learned = chooseAnswer(likeness, question) ?? guessAnswer(likeness, question);
  if (attack) {
    const played = play(attack, options.seed);
    if (played.kind === 'error') return errorAnswer(likeness, 500, question, options);
    if (played.kind === 'missing') return errorAnswer(likeness, 404, question, options);
    // A page that was never seen has no hole to play, but a file or a command has an output of its own.
    if (learned || played.part.shown) return dress(likeness, learned, question, options, played.part);
  }
  const posted = question.method === 'GET' && options.posted ? { posted: options.posted } : {};
  if (learned) return dress(likeness, learned, question, options, posted);
  return errorAnswer(likeness, 404, question, options);
}

type Played =
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'error' }
  | { readonly kind: 'missing' };

function play(attack: Attack, seed: string): Played {
  const part = (value: Part): Played => ({ kind: 'part', part: value });
  switch (attack.family) {
    case 'lfi':
    case 'xxe': {
      const file = fakeFile(attack.aim, seed);
      return file === undefined ? { kind: 'missing' } : part({ shown: [file] });
    }
    case 'rce': {
      const seconds = /\bsleep\s+(\d{1,2})/.exec(attack.aim)?.[1];
      const delayMs = Math.min(5_000, Number(seconds ?? 0) * 1000);
      return part({ shown: [fakeCommand(attack.aim, seed)], delayMs });
    }
    case 'ssrf':
      return part({ shown: [fakeInside(attack.aim, seed)] });
    case 'sqli': {
      const outcome = playQuery(attack.payload, seed);
      if (outcome.kind === 'error') return outcome;
      if (outcome.kind === 'empty') return part({ rows: 0, delayMs: outcome.delayMs });
      return part({ shown: outcome.rows, rows: outcome.count, delayMs: outcome.delayMs });
    }
    case 'template': {
      const product = /(\d{1,6})\s*\*\s*'?(\d{1,6})/.exec(attack.payload);
      return part(product ? { shown: [String(Number(product[1]) * Number(product[2]))] } : {});
    }
    case 'xss':
    case 'jndi':
      return part({});
    default:
      return attack.family satisfies never;
  }
}

function errorAnswer(
  likeness: ServiceLikeness,
  status: number,
  question: Question,
  options: AnswerOptions,
): DecoyAnswer {
  const learned = chooseError(likeness, status);
  const text = errorText(status, new Seeded(options.seed));
  return dress(likeness, learned ? { ...learned, status } : undefined, question, options, { shown: [text] }, status);
}

/** Puts a part into the learned style, or into a plain one when nothing was learned. */
function dress(
  likeness: ServiceLikeness,
  learned: AnswerLikeness | undefined,
  question: Question,
  options: AnswerOptions,
  part: Part,
  status = 200,
): DecoyAnswer {
  const random = new Seeded(
    `${options.seed}\u0000${question.method} ${learned?.path ?? question.path}\u0000${question.query}\u0000${question.body}`,
  );
  const style = learned ?? genericAnswer(likeness, status);
  const isBodyless = style.status === 204 || style.status === 304;
  const body = isBodyless ? '' : bodyOf(style, question, options, random, part);
  return {
    status: style.status,
    fields: inventAnswerFields(style, random, options.nowMs),
    body: Buffer.from(body, 'utf8').toString('latin1'),
    delayMs: part.delayMs ?? 0,
  };
}

function bodyOf(style: AnswerLikeness, question: Question, options: AnswerOptions, random: Seeded, part: Part): string {
  const worldMs = options.worldMs ?? options.nowMs;
  const shown = part.shown && part.shown.length > 0 ? { shown: part.shown } : {};
  if (style.json) {
    const echo = new Map(valuesOf(question).map(({ name, value }) => [name, value]));
    const listed = part.posted && hasList(style.json) ? { shown: part.posted } : {};
    const rows = part.rows === undefined ? {} : { rows: part.rows };
    // What was just made bears the present time.
    const fresh = question.method === 'GET' || question.method === 'HEAD' ? {} : { freshMs: options.nowMs };
    // Rows come from the place, not from the question: the same list twice looks the same, whatever else was sent.
    const place = new Seeded(`${options.seed}\u0000${style.path}`);
    return JSON.stringify(
      fillJson(style.json, { random: place, nowMs: worldMs, ...fresh, echo, ...rows, ...listed, ...shown }),
    );
  }
  if (style.page !== undefined) {
    const place = new Seeded(`${options.seed}\u0000${style.path}`);
    return fillPage(style.page, {
      random: place,
      nowMs: worldMs,
      empty: part.rows === 0,
      posted: part.posted ?? [],
      ...shown,
    });
  }
  if (part.shown) return part.shown.join('\n');
  if (style.status >= 300 && style.status < 400) return '';
  return plainBody(style.contentType, random);
}

function plainBody(contentType: string, random: Seeded): string {
  const type = contentType.split(';', 1)[0] ?? '';
  if (type === 'text/css')
    return 'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}a{color:#06c}\n';
  if (type.endsWith('javascript')) return '"use strict";\ndocument.documentElement.classList.add("ready");\n';
  if (type === 'text/html') return '<!doctype html><title>OK</title><p>OK</p>\n';
  if (type.endsWith('json')) return '{}';
  if (type === 'text/plain') return `${random.whole(1, 90)} ok\n`;
  if (type === 'text/csv') return 'id,name\n1,sample\n';
  return '';
}
