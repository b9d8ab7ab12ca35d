import { Buffer } from 'node:buffer';

/** What the decoy is asked. Texts are latin1. */
export interface Question {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly contentType: string;
  readonly body: string;
}

export interface Given {
  readonly name: string;
  /** Decoded as the service would; UTF-8 read as characters. */
  readonly value: string;
}

// Bounds on what one hostile question may make us read.
const MAX_VALUES = 100;
const MAX_VALUE = 8_192;
const MAX_BODY = 65_536;

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

/** Percent-decoding that leaves malformed escapes as they are. */
export function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

function readPairs(text: string): Given[] {
  return text
    .split('&', MAX_VALUES)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const mark = pair.indexOf('=');
      const name = mark < 0 ? pair : pair.slice(0, mark);
      const value = mark < 0 ? '' : pair.slice(mark + 1, mark + 1 + MAX_VALUE);
      return { name: decodePercent(name.slice(0, 200)), value: decodePercent(value.replaceAll('+', ' ')) };
    });
}

function readMembers(value: unknown, name: string, into: Given[], depth: number): void {
  if (into.length >= MAX_VALUES || depth > 6) return;
  if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value).slice(0, MAX_VALUES)) {
      readMembers(one, name === '' ? key : `${name}.${key}`, into, depth + 1);
    }
  } else if (value !== null && value !== undefined) into.push({ name, value: String(value).slice(0, MAX_VALUE) });
}

function readMultipart(body: string): Given[] {
  const parts = body.split(/\r?\n--/, MAX_VALUES);
  return parts.flatMap((part) => {
    const name = /name="([^"\r\n]{0,200})"/.exec(part.slice(0, 1000))?.[1];
    const start = part.search(/\r?\n\r?\n/);
    if (name === undefined || start < 0) return [];
    return [{ name: utf8(name), value: utf8(part.slice(start, start + MAX_VALUE).replace(/^(?:\r?\n){2}/, '')) }];
  });
}

/** Values of query and body by name, in order. */
export function valuesOf(question: Question): readonly Given[] {
  const given = readPairs(question.query.slice(0, MAX_BODY));
  const body = question.body.slice(0, MAX_BODY);
  const type = question.contentType.toLowerCase();
  if (body === '') return given;
  if (type.includes('json') || /^\s*[[{]/.test(body)) {
    try {
      readMembers(JSON.parse(utf8(body)), '', given, 0);
      return given;
    } catch {
      // Broken JSON is what a probe sends: it counts as one value.
      return [...given, { name: '', value: utf8(body.slice(0, MAX_VALUE)) }];
    }
  }
  if (type.includes('multipart/')) return [...given, ...readMultipart(body)];
  if (type.includes('urlencoded') || /^[\w.%-]{1,60}=/.test(body)) return [...given, ...readPairs(body)];
  return [...given, { name: '', value: utf8(body.slice(0, MAX_VALUE)) }];
}
