import type { Random } from '../random.ts';

const hex = (byte: number, random: Random): string => {
  const digits = byte.toString(16).padStart(2, '0');
  return random.chance(0.5) ? digits.toUpperCase() : digits;
};

/** A value of a query or form: what must be encoded is, and a share of the rest too. Decoding once gives the value back. */
export function percentEncoded(value: string, random: Random, share = random.pick([0, 0, 0.15, 1])): string {
  return value.replace(/[^]/gu, (character) => {
    if (character === ' ') return random.pick(['+', '%20']);
    if (/[\w.~*'();:@/,!$|<>=-]/.test(character) && !random.chance(share)) {
      // The client refuses to send these raw in a target; the rest of the set may stand in one.
      return /[<>|]/.test(character) ? encodeURIComponent(character) : character;
    }
    return [...Buffer.from(character)].map((byte) => `%${hex(byte, random)}`).join('');
  });
}

/** A JSON string literal in which a share of the characters is written as escapes. */
export function jsonEscaped(value: string, random: Random, share = random.pick([0, 0, 0.2, 1])): string {
  const body = [
    ...JSON.stringify(value)
      .slice(1, -1)
      .matchAll(/\\u[0-9a-f]{4}|\\.|[^\\]/gsu),
  ].map(([piece]) => {
    if (piece.startsWith('\\') || !random.chance(share)) return piece;
    return Array.from({ length: piece.length }, (_unused, index) => {
      const code = hex(piece.charCodeAt(index) >> 8, random) + hex(piece.charCodeAt(index) & 0xff, random);
      return `\\u${code}`;
    }).join('');
  });
  return `"${body.join('')}"`;
}

export function mixedCase(text: string, random: Random): string {
  const way = random.below(4);
  if (way === 0) return text;
  if (way === 1) return text.toLowerCase();
  return text.replace(/[a-z]/gi, (letter) => (random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase()));
}
