// Attacker-written text for the eye: bytes that would move the cursor, hide or reorder text are shown as signs.

export interface TextPiece {
  readonly text: string;
  /** A sign that stands for a byte or character that cannot be seen; `name` says which. */
  readonly name?: string;
}

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'NUL',
  0x07: 'bell',
  0x08: 'backspace',
  0x09: 'tab',
  0x0a: 'line feed',
  0x0d: 'carriage return',
  0x1b: 'escape',
  0x7f: 'delete',
};

/** Changes the order of what is read, or has no width: the reader would see another text than the machine did. */
const HIDDEN = /[\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

/**
 * `bytes` is a latin1 byte string, or ordinary text. Well-formed UTF-8 sequences become their characters, other bytes
 * above 0x7f are written `\xNN`.
 */
export function visiblePieces(bytes: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let plain = '';
  const sign = (text: string, name: string) => {
    if (plain !== '') pieces.push({ text: plain });
    plain = '';
    pieces.push({ text, name });
  };
  for (let at = 0; at < bytes.length;) {
    const { text, code, length } = readCharacter(bytes, at);
    at += length;
    if (code === 0x0a) sign('\\n\n', hexName(code));
    else if (code === 0x09) sign('\\t\t', hexName(code));
    else if (code === 0x0d) sign('\\r', hexName(code));
    else if (code < 0x20 || code === 0x7f) sign(`\\x${code.toString(16).padStart(2, '0')}`, hexName(code));
    else if (text === undefined || (code >= 0x80 && code < 0xa0)) {
      sign(`\\x${code.toString(16).padStart(2, '0')}`, `byte 0x${code.toString(16)}`);
    } else if (HIDDEN.test(text)) sign(`⟨U+${hex(code)}⟩`, hexName(code));
    else plain += text;
  }
  if (plain !== '') pieces.push({ text: plain });
  return pieces;
}

/** One line of it, without marks: for titles, table cells and labels. */
export function visibleLine(bytes: string, maxLength = 400): string {
  const cut = bytes.length > maxLength ? `${bytes.slice(0, maxLength)}…` : bytes;
  return visiblePieces(cut)
    .map((piece) => (piece.name === undefined ? piece.text : piece.text.replace(/[\n\t]/, '')))
    .join('');
}

const hex = (code: number) => code.toString(16).toUpperCase().padStart(4, '0');
const hexName = (code: number) => `U+${hex(code)}${NAMES[code] === undefined ? '' : ` ${NAMES[code]}`}`;

interface Character {
  /** Undefined: a byte that belongs to no character. */
  readonly text: string | undefined;
  readonly code: number;
  readonly length: number;
}

/** RFC 3629, section 4: the shortest form only, no surrogates. */
function readCharacter(bytes: string, at: number): Character {
  const code = bytes.codePointAt(at) ?? 0;
  if (code < 0x80) return { text: bytes[at], code, length: 1 };
  if (code > 0xff) return { text: String.fromCodePoint(code), code, length: code > 0xffff ? 2 : 1 };
  const size = code >= 0xf0 && code < 0xf5 ? 4 : code >= 0xe0 && code < 0xf0 ? 3 : code >= 0xc2 && code < 0xe0 ? 2 : 0;
  if (size === 0) return { text: undefined, code, length: 1 };
  let value = code & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const next = bytes.charCodeAt(at + i);
    if (!(next >= 0x80 && next < 0xc0)) return { text: undefined, code, length: 1 };
    value = (value << 6) | (next & 0x3f);
  }
  const smallest = size === 4 ? 0x1_0000 : size === 3 ? 0x800 : 0x80;
  const wrong = value < smallest || value > 0x10_ffff || (value >= 0xd800 && value < 0xe000);
  return wrong
    ? { text: undefined, code, length: 1 }
    : { text: String.fromCodePoint(value), code: value, length: size };
}
