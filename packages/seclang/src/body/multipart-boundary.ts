import type { MultipartFlags } from './multipart.ts';

export interface Boundary {
  readonly text: string | undefined;
  readonly error: string;
}

/** The `boundary` parameter of a Content-Type (RFC 2046 section 5.1.1), with what is odd about it. */
export function readBoundary(header: string, flags: MultipartFlags): Boundary {
  // The pattern's time grows with the square of a run of spaces.
  const contentType = header.slice(0, 2048);
  const all = [...contentType.matchAll(/(^|[;,\s])\s*boundary(\s*)=(\s*)("([^"]*)"?|[^;,]*)/gi)];
  const first = all[0];
  if (first === undefined) return { text: undefined, error: 'Multipart: boundary not found in Content-Type' };
  if (all.length > 1) return { text: textOf(first), error: 'Multipart: multiple boundary parameters in Content-Type' };
  const quoted = first[5] !== undefined;
  if (quoted) flags.boundaryQuoted = 1;
  const value = first[4] ?? '';
  if (quoted && !/^"[^"]*"$/.test(value))
    return { text: undefined, error: 'Multipart: invalid boundary in Content-Type (quote)' };
  if (!contentType.slice(0, first.index + 1).includes(';')) flags.missingSemicolon = 1;
  if ((first[2] ?? '') !== '' || (first[3] ?? '') !== '') flags.boundaryWhitespace = 1;
  const text = textOf(first);
  if (/\s/.test(text)) flags.boundaryWhitespace = 1;
  if (text === '') return { text: undefined, error: 'Multipart: invalid boundary in Content-Type (empty)' };
  if (text.length > 70 || !/^[0-9A-Za-z'()+_,\-./:=? ]+$/.test(text)) {
    return { text: text.slice(0, 1024), error: 'Multipart: invalid boundary in Content-Type (characters or length)' };
  }
  return { text, error: '' };
}

function textOf(match: RegExpExecArray): string {
  return match[5] ?? (match[4] ?? '').replace(/[ \t]+$/, '');
}
