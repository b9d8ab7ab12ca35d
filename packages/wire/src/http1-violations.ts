import type { Violation } from './http1-api.ts';

export type Direction = 'request' | 'response';

interface ViolationRow {
  readonly text: string;
  /** May the message go on, after it was written anew? Stated per direction, with the reason where it is not plain. */
  readonly request: boolean;
  readonly response: boolean;
}

/**
 * Every breach that the reader names. A request is forwardable only when every reader on its way must have understood the
 * same message. An answer has one reader before it is written anew: us. So it may be repaired where RFC 9112 says how.
 */
export const VIOLATIONS = {
  // Lines (RFC 9112, 2.2)
  'bare-lf': { text: 'a line ends without CR', request: false, response: true },
  'bare-cr': { text: 'a CR stands without LF', request: false, response: false },
  'nul-character': { text: 'a NUL stands in the head', request: false, response: false },
  'control-character': { text: 'a control character stands in the head', request: false, response: false },
  'leading-crlf': { text: 'empty lines before the start line', request: true, response: false },
  'space-before-first-field': {
    text: 'white space between start line and first field',
    request: false,
    response: false,
  },
  // Request line (RFC 9112, 3)
  'request-line-space': {
    text: 'the request line is not parted by single spaces',
    request: false,
    response: false,
  },
  'method-invalid': { text: 'the method is no token', request: false, response: false },
  // Methods are case-sensitive, but readers that fold case would see HEAD or CONNECT, whose answers are framed otherwise.
  'method-case': { text: 'a known method in another case', request: false, response: false },
  'version-missing': { text: 'no protocol version (HTTP/0.9)', request: false, response: false },
  'version-invalid': { text: 'the protocol version is not HTTP/1.x', request: false, response: false },
  // RFC 9110, 2.5: a higher minor version is read as the highest known; upstream sees HTTP/1.1.
  'version-minor': { text: 'an unknown minor version', request: true, response: true },
  'target-missing': { text: 'no request target', request: false, response: false },
  'target-space': { text: 'white space inside the request target', request: false, response: false },
  'target-control': { text: 'a control character in the request target', request: false, response: false },
  // Bytes above 127 are carried unchanged and mean what their percent-encoding means; old clients send raw UTF-8.
  'target-raw-8bit': { text: 'raw bytes above 127 in the request target', request: true, response: true },
  // Browsers leave these raw in queries.
  'target-unsafe-character': { text: 'a character that a URI must encode', request: true, response: true },
  'target-percent': { text: 'a percent sign without two hex digits', request: true, response: true },
  // Some readers take a backslash for a slash: routes would differ.
  'target-backslash': { text: 'a backslash in the path', request: false, response: false },
  // Some readers cut here, others do not.
  'target-fragment': { text: 'a fragment in the request target', request: false, response: false },
  'target-invalid': { text: 'the request target has no known form', request: false, response: false },
  'target-userinfo': { text: 'user information in the request target', request: false, response: false },
  // Status line (RFC 9112, 4)
  'status-line-invalid': { text: 'the status line cannot be read', request: false, response: false },
  'status-out-of-range': { text: 'the status is above 599', request: true, response: true },
  'reason-missing': { text: 'no space after the status', request: true, response: true },
  'status-line-space': { text: 'the status line is not parted by single spaces', request: false, response: true },
  // Fields (RFC 9112, 5)
  'field-no-colon': { text: 'a field line without colon', request: false, response: false },
  'field-name-empty': { text: 'a field without name', request: false, response: false },
  'field-name-invalid': { text: 'a field name that is no token', request: false, response: false },
  // RFC 9112, 5.1: refused in requests; a proxy takes it out of answers.
  'field-name-space': { text: 'white space before the colon', request: false, response: true },
  // RFC 9112, 5.2: refused in requests; a gateway replaces it by spaces in answers.
  'obs-fold': { text: 'a folded field line', request: false, response: true },
  'too-many-fields': { text: 'more fields than allowed', request: false, response: false },
  'start-line-too-long': { text: 'the start line is too long', request: false, response: false },
  'head-too-large': { text: 'the head is too large', request: false, response: false },
  'leading-lines': { text: 'too many empty lines before the start line', request: false, response: false },
  'connection-lists-end-to-end': {
    text: 'Connection lists a field that is meant for every recipient',
    request: false,
    response: true,
  },
  // Host (RFC 9112, 3.2)
  'host-missing': { text: 'no Host field in HTTP/1.1', request: false, response: false },
  'host-repeated': { text: 'more than one Host field', request: false, response: false },
  // RFC 9110, 4.2.1: an http URI without a host is to be rejected.
  'host-empty': { text: 'an empty Host field', request: false, response: true },
  'host-invalid': { text: 'the Host field is no host and port', request: false, response: false },
  'host-mismatch': { text: 'Host differs from the absolute request target', request: false, response: false },
  // Body length (RFC 9112, 6)
  'content-length-invalid': { text: 'Content-Length is no decimal number', request: false, response: false },
  'content-length-differs': { text: 'Content-Length values differ', request: false, response: false },
  'content-length-repeated': { text: 'Content-Length is repeated', request: false, response: false },
  'content-length-overflow': { text: 'Content-Length is too large', request: false, response: false },
  'content-length-forbidden': { text: 'Content-Length where no body can be', request: false, response: false },
  'content-length-useless': { text: 'Content-Length 0 where no body can be', request: true, response: true },
  'length-and-transfer-encoding': {
    text: 'both Content-Length and Transfer-Encoding',
    request: false,
    response: false,
  },
  // Coding names fold case (RFC 9112, 7), and the field is written anew.
  'transfer-encoding-case': { text: 'chunked in another case', request: true, response: true },
  'transfer-encoding-repeated': { text: 'chunked more than once', request: false, response: false },
  'transfer-encoding-unknown': {
    text: 'a transfer coding other than chunked, which hides the body from inspection',
    request: false,
    response: false,
  },
  'transfer-encoding-not-last': { text: 'chunked is not the last coding', request: false, response: false },
  'transfer-encoding-empty': { text: 'an empty Transfer-Encoding', request: false, response: false },
  'transfer-encoding-version': { text: 'Transfer-Encoding in HTTP/1.0', request: false, response: false },
  'transfer-encoding-forbidden': { text: 'Transfer-Encoding where no body can be', request: false, response: false },
  'body-forbidden': { text: 'a body on a method that has none', request: false, response: false },
  'expect-unknown': { text: 'an unknown expectation', request: true, response: true },
  // Chunked coding (RFC 9112, 7.1)
  'chunk-size-invalid': { text: 'a chunk size that is no hex number', request: false, response: false },
  'chunk-size-space': { text: 'white space around a chunk size', request: false, response: true },
  'chunk-size-overflow': { text: 'a chunk size that is too large', request: false, response: false },
  'chunk-line-too-long': { text: 'a chunk line that is too long', request: false, response: false },
  'chunk-line-bare-lf': { text: 'a chunk line that ends without CR', request: false, response: false },
  'chunk-extension-invalid': { text: 'a control character in a chunk extension', request: false, response: false },
  'chunk-unterminated': { text: 'chunk data not followed by CRLF', request: false, response: false },
  'trailer-invalid': { text: 'a malformed trailer', request: false, response: false },
  'trailer-forbidden': { text: 'a trailer that would change framing or routing', request: false, response: false },
  'trailers-too-large': { text: 'the trailers are too large', request: false, response: false },
  'cut-off': { text: 'the connection ended inside a message', request: false, response: false },
} as const satisfies Readonly<Record<string, ViolationRow>>;

export type ViolationCode = keyof typeof VIOLATIONS;

export function violation(code: ViolationCode, direction: Direction, seen = ''): Violation {
  const row = VIOLATIONS[code];
  const detail = seen === '' ? row.text : `${row.text}: ${seen.slice(0, 60)}`;
  return { code, forwardable: row[direction], detail };
}

/** Collects each code once: an attacker who repeats a breach a thousand times makes one entry. */
export class ViolationList {
  readonly direction: Direction;
  readonly all: Violation[] = [];
  forwardable = true;

  constructor(direction: Direction) {
    this.direction = direction;
  }

  add(code: ViolationCode, seen = ''): Violation {
    const known = this.all.find((one) => one.code === code);
    if (known) return known;
    const made = violation(code, this.direction, seen);
    this.all.push(made);
    if (!made.forwardable) this.forwardable = false;
    return made;
  }

  has(code: ViolationCode): boolean {
    return this.all.some((one) => one.code === code);
  }
}
