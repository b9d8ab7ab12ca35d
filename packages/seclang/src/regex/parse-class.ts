import { complement, foldCase, POSIX, type ByteSet } from './byte-set.ts';
import { readByte, readType } from './parse-escape.ts';
import type { PatternReader } from './pattern-reader.ts';

/** Classes repeat a lot, within a pattern and between patterns: equal texts give the same set. Above this they are not kept. */
const MAX_KNOWN = 2000;
const known = new Map<string, ByteSet>();
/** A class whose end is plain to see. */
const SIMPLE = /\^?(?:[^\][\\^]|\\[^QEc])(?:[^\][\\]|\\[^QEc])*\]/y;

/** `[...]`; the reader stands behind the opening bracket. */
export function readClass(reader: PatternReader, ignoreCase: boolean): ByteSet {
  const start = reader.at;
  SIMPLE.lastIndex = start;
  if (!SIMPLE.test(reader.text)) return parseClass(reader, ignoreCase);
  const key = (ignoreCase ? 'i' : '-') + reader.text.slice(start, SIMPLE.lastIndex);
  let set = known.get(key);
  if (set !== undefined) {
    reader.at = SIMPLE.lastIndex;
    return set;
  }
  set = parseClass(reader, ignoreCase);
  if (known.size < MAX_KNOWN) known.set(key, set);
  return set;
}

function parseClass(reader: PatternReader, ignoreCase: boolean): ByteSet {
  const start = reader.at - 1;
  const negated = reader.skip('^');
  const bits = new Uint8Array(256);
  let quoted = false;
  // A bracket that comes first is a member, not the end.
  for (let first = true; ; first = false) {
    if (reader.done) throw reader.invalid('the class is not closed', start);
    if (quoted ? reader.skip('\\E') : reader.skip('\\Q')) {
      quoted = !quoted;
      continue;
    }
    if (!quoted && reader.skip('\\E')) continue;
    if (!quoted && !first && reader.skip(']')) break;
    const member = quoted ? reader.take().charCodeAt(0) : readMember(reader);
    if (typeof member !== 'number') {
      for (let byte = 0; byte < 256; byte++) bits[byte] = (bits[byte] ?? 0) | (member[byte] ?? 0);
    } else {
      bits.fill(1, member, readRangeEnd(reader, member, quoted) + 1);
    }
  }
  const set = ignoreCase ? foldCase(bits) : bits;
  return negated ? complement(set) : set;
}

function readMember(reader: PatternReader): number | ByteSet {
  if (reader.peek() === '[') {
    const posix = reader.match(/\[:(\^?)([a-z]+):\]/y);
    if (posix !== null) {
      const set = Object.hasOwn(POSIX, posix[2] ?? '') ? POSIX[posix[2] ?? ''] : undefined;
      if (set === undefined) throw reader.invalid(`[:${posix[2]}:] is not known`);
      return posix[1] === '^' ? complement(set) : set;
    }
  }
  const character = reader.take();
  if (character !== '\\') return character.charCodeAt(0);
  if (reader.skip('b')) return 8;
  return readType(reader, true) ?? readByte(reader);
}

/** The upper end when a range follows, else the member itself. */
function readRangeEnd(reader: PatternReader, from: number, quoted: boolean): number {
  const start = reader.at;
  if (quoted || reader.peek() !== '-') return from;
  const after = reader.text.charAt(reader.at + 1);
  if (after === ']' || after === '') return from;
  reader.at++;
  const end = readMember(reader);
  if (typeof end !== 'number') {
    // `a-\d`: the hyphen is a member, and so is the type; read them anew.
    reader.at = start;
    return from;
  }
  if (end < from) throw reader.invalid('the range is the wrong way round', start);
  return end;
}
