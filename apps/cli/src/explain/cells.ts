import type { ShownValue } from '@seawall/seclang';

// Attacker-written bytes as one line of a terminal, with the columns of a range underneath. Well-formed UTF-8 becomes its characters; every
// byte that could move the cursor, hide or reorder text is written out.

interface Cell {
  readonly text: string;
  readonly columns: number;
  readonly marked: boolean;
}

export interface MarkedLine {
  readonly text: string;
  /** Spaces and marks under the range; '' when there is none. */
  readonly mark: string;
}

/** At most `columns` wide, cut around the range. */
export function markedLine(value: ShownValue, columns: number): MarkedLine {
  const cells = cellsOf(value);
  const first = cells.findIndex(({ marked }) => marked);
  const last = cells.findLastIndex(({ marked }) => marked);
  const room = Math.max(20, columns) - 2;
  const [from, to] = windowOf(cells, first === -1 ? 0 : first, first === -1 ? 0 : last, room);
  const cutLeft = from > 0 || value.offset > 0;
  const cutRight = to < cells.length || value.offset + value.text.length < value.bytes;
  const shown = cells.slice(from, to);
  const sign = value.exact ? '^' : '~';
  const mark = shown.map((cell) => (cell.marked ? sign : ' ').repeat(cell.columns)).join('');
  const lead = cutLeft ? '…' : '';
  return {
    text: `${lead}${shown.map(({ text }) => text).join('')}${cutRight ? '…' : ''}`,
    mark: first === -1 ? '' : `${cutLeft ? ' ' : ''}${mark}`.trimEnd(),
  };
}

/** The beginning of the range is in it, and of its end as much as fits; the room that is left goes to both sides. */
function windowOf(cells: readonly Cell[], first: number, last: number, room: number): [number, number] {
  let from = first;
  let to = first;
  let left = room;
  const fits = (index: number): boolean => {
    const columns = cells[index]?.columns ?? Number.POSITIVE_INFINITY;
    if (columns > left) return false;
    left -= columns;
    return true;
  };
  while (to <= last && fits(to)) to++;
  for (let grown = true; grown;) {
    grown = false;
    if (fits(to)) [to, grown] = [to + 1, true];
    if (from > 0 && fits(from - 1)) [from, grown] = [from - 1, true];
  }
  return [from, to];
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const UNSEEN = /[\p{C}\p{M}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

function cellsOf({ text, span }: ShownValue): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at < text.length;) {
    const { shown, length } = characterAt(text, at);
    const marked = span !== undefined && at < span[1] && at + length > span[0];
    cells.push({ text: shown, columns: WIDE.test(shown) ? 2 : shown.length, marked });
    at += length;
  }
  return cells;
}

const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function characterAt(text: string, at: number): { readonly shown: string; readonly length: number } {
  const code = text.charCodeAt(at);
  if (code >= 0x20 && code < 0x7f && code !== 92) return { shown: text[at] ?? '', length: 1 };
  const size = code >= 0xf0 ? 4 : code >= 0xe0 ? 3 : code >= 0xc2 ? 2 : 1;
  if (size > 1 && code <= 0xff) {
    const decoded = decodeOne(text.slice(at, at + size));
    if (decoded !== undefined && !UNSEEN.test(decoded)) return { shown: decoded, length: size };
  }
  return { shown: ESCAPES[code] ?? `\\x${code.toString(16).padStart(2, '0')}`, length: 1 };
}

function decodeOne(bytes: string): string | undefined {
  try {
    return DECODER.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    // Not well-formed: the byte is written out.
    return undefined;
  }
}

/** Text of the same kind without a range. */
export function shownText(text: string, columns: number): string {
  return markedLine({ text, offset: 0, bytes: text.length, span: undefined, exact: true }, columns).text;
}
