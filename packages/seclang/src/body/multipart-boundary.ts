import type { MultipartFlags } from './multipart.ts';

/** RFC 2046 5.1.1 says 70, and not all keep to it; above this a delimiter line is not recognised. */
const MAX_BOUNDARY = 200;

export interface Boundary {
  readonly text: string | undefined;
  readonly error: string;
  /** Deviations that leave no doubt about the text. */
  readonly notes: readonly ('case' | 'parameterAfter')[];
}

/** The `boundary` parameter of a Content-Type (RFC 2046 section 5.1.1), with what is odd about it. */
export function readBoundary(header: string, flags: MultipartFlags): Boundary {
  // The pattern's time grows with the square of a run of spaces.
  const contentType = header.slice(0, 2048);
  const all = [...contentType.matchAll(/(^|[;,\s])\s*(boundary)(\s*)=(\s*)([^;]*)/gi)];
  const first = all[0];
  if (first === undefined) return unusable(/boundary[^=\s;]/i.test(contentType) ? '(parameter name)' : undefined);
  const raw = (first[5] ?? '').replace(/[ \t]+$/, '');
  if (all.length > 1 || /[,;\s]\s*boundary\s*=/i.test(raw)) {
    const text = textOf(raw.split(/[,\s]/, 1)[0] ?? '');
    return { text, error: 'Multipart: multiple boundary parameters in Content-Type', notes: [] };
  }
  if (raw.startsWith('"') !== raw.endsWith('"') || raw === '"') return unusable('(quote)');
  if (raw.startsWith('"')) flags.boundaryQuoted = 1;
  const before = contentType.slice(0, first.index + 1);
  if (before.endsWith(',')) return { ...unusable('(malformed)'), text: textOf(raw) };
  if (!before.includes(';')) flags.missingSemicolon = 1;
  if ((first[3] ?? '') !== '' || (first[4] ?? '') !== '') flags.boundaryWhitespace = 1;
  const text = textOf(raw);
  if (/\s/.test(text)) flags.boundaryWhitespace = 1;
  if (text === '') return unusable('(empty)');
  // RFC 2046 5.1.1: a space may stand in it, but not at its end.
  if (text.length > MAX_BOUNDARY || !/^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/.test(text)) {
    return { ...unusable('(characters or length)'), text: text.slice(0, 1024) };
  }
  const isLast = contentType.length === first.index + first[0].length;
  return {
    text,
    error: '',
    notes: [...(first[2] === 'boundary' ? [] : (['case'] as const)), ...(isLast ? [] : (['parameterAfter'] as const))],
  };
}

function unusable(what: string | undefined): Boundary {
  const error = what === undefined ? 'boundary not found in Content-Type' : `invalid boundary in Content-Type ${what}`;
  return { text: undefined, error: `Multipart: ${error}`, notes: [] };
}

function textOf(raw: string): string {
  return raw.startsWith('"') ? raw.slice(1, raw.length > 1 && raw.endsWith('"') ? -1 : undefined) : raw;
}
