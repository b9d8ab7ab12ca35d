import { Buffer } from 'node:buffer';
import { isToken } from './characters.ts';
import { fault } from './faults.ts';
import type { Field, Framing } from './http1-api.ts';

// Strict: what cannot be written safely throws, so that no text that was read, decoded or made up can start a new line, a
// new field or a new message. Framing fields among `fields` never pass: they are written anew from `framing`.

export const UNSAFE_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
export const UNSAFE_TARGET = /[^\x21-\x7e\x80-\xff]/;

function fieldLine(name: string, value: string): string {
  if (!isToken(name) || UNSAFE_VALUE.test(value)) throw fault('wire.unsafe-field', { name, value });
  return `${name}: ${value}\r\n`;
}

export function framingLine(framing: Framing): string {
  if (framing.kind === 'chunked') return 'Transfer-Encoding: chunked\r\n';
  if (framing.kind !== 'length') return '';
  if (!Number.isSafeInteger(framing.bytes) || framing.bytes < 0) throw fault('wire.unsafe-framing', { framing });
  return `Content-Length: ${framing.bytes}\r\n`;
}

export interface RequestToWrite {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly Field[];
  readonly framing: Framing;
}

/** RFC 9112, 3. Always HTTP/1.1 (RFC 9110, 2.5: a sender states its own version). */
export function writeRequestHead(request: RequestToWrite): Buffer {
  const { method, target, fields, framing } = request;
  if (!isToken(method)) throw fault('wire.unsafe-method', { method });
  if (target === '' || UNSAFE_TARGET.test(target)) throw fault('wire.unsafe-target', { target });
  if (framing.kind === 'close') throw fault('wire.unsafe-framing', { framing });
  let text = `${method} ${target} HTTP/1.1\r\n`;
  let hosts = 0;
  for (const { name, value } of fields) {
    const lower = name.toLowerCase();
    if (lower === 'content-length' || lower === 'transfer-encoding') continue;
    if (lower === 'host') hosts++;
    text += fieldLine(name, value);
  }
  // RFC 9112, 3.2.
  if (hosts !== 1) throw fault('wire.host-count', { hosts });
  return Buffer.from(`${text}${framingLine(framing)}\r\n`, 'latin1');
}

export interface ResponseToWrite {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly framing: Framing;
}

/**
 * RFC 9112, 4. With framing `none` one Content-Length among the fields passes, for answers to HEAD and 304, where it tells
 * the length that a GET would get (RFC 9110, 8.6). Framing `close` adds `Connection: close`.
 */
export function writeResponseHead(response: ResponseToWrite): Buffer {
  const { status, reason, fields, framing } = response;
  if (!Number.isInteger(status) || status < 100 || status > 999 || UNSAFE_VALUE.test(reason)) {
    throw fault('wire.unsafe-status', { status, reason });
  }
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  let lengths = 0;
  let closes = false;
  for (const { name, value } of fields) {
    const lower = name.toLowerCase();
    if (lower === 'transfer-encoding') continue;
    if (lower === 'content-length') {
      const told = framing.kind === 'none' && status >= 200 && status !== 204 && /^[0-9]{1,16}$/.test(value);
      if (!told || lengths++ > 0) continue;
    }
    if (lower === 'connection' && /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i.test(value)) closes = true;
    text += fieldLine(name, value);
  }
  if (framing.kind === 'close' && !closes) text += 'Connection: close\r\n';
  return Buffer.from(`${text}${framingLine(framing)}\r\n`, 'latin1');
}

/** The size line before a chunk of `bytes` (RFC 9112, 7.1); zero would end the body and is refused. */
export function chunkHead(bytes: number): Buffer {
  if (!Number.isSafeInteger(bytes) || bytes <= 0) throw fault('wire.unsafe-framing', { bytes });
  return Buffer.from(`${bytes.toString(16)}\r\n`, 'latin1');
}

export const CHUNK_TAIL: Buffer = Buffer.from('\r\n', 'latin1');

const NOT_IN_TRAILERS = new Set(['content-length', 'transfer-encoding', 'host', 'trailer', 'content-encoding']);

/** The end of a chunked body with its trailers (RFC 9112, 7.1.2). */
export function lastChunk(trailers: readonly Field[] = []): Buffer {
  let text = '0\r\n';
  for (const { name, value } of trailers) {
    if (NOT_IN_TRAILERS.has(name.toLowerCase())) throw fault('wire.unsafe-field', { name });
    text += fieldLine(name, value);
  }
  return Buffer.from(`${text}\r\n`, 'latin1');
}
