import { bytesOf, textOf } from './byte-room.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const SEXTETS = new Int8Array(256).fill(-1);
for (let index = 0; index < ALPHABET.length; index++) SEXTETS[ALPHABET.charCodeAt(index)] = index;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Bytes of a base64 text (RFC 4648 section 4); a last group of one sextet gives no byte. */
export function decodeSextets(value: string, foreign: 'stop' | 'skip'): string {
  const bytes = bytesOf(value);
  const skips = foreign === 'skip';
  let length = 0;
  let bits = 0;
  let held = 0;
  let at = 0;
  while (at < value.length) {
    if (bits === 0 && at + 4 <= value.length) {
      const group = groupAt(bytes, at);
      if (group >= 0) {
        bytes[length++] = group >> 16;
        bytes[length++] = group >> 8;
        bytes[length++] = group;
        at += 4;
        continue;
      }
    }
    const code = bytes[at++] ?? 0;
    const sextet = SEXTETS[code] ?? -1;
    if (sextet < 0) {
      if (skips || code === LINE_FEED || code === CARRIAGE_RETURN) continue;
      break;
    }
    held = ((held << 6) | sextet) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = held >> bits;
    }
  }
  return textOf(bytes, length);
}

/** The 24 bits of four sextets, negative when one of the bytes is none. */
function groupAt(bytes: Uint8Array, at: number): number {
  const first = SEXTETS[bytes[at] ?? 0] ?? -1;
  const second = SEXTETS[bytes[at + 1] ?? 0] ?? -1;
  const third = SEXTETS[bytes[at + 2] ?? 0] ?? -1;
  const fourth = SEXTETS[bytes[at + 3] ?? 0] ?? -1;
  return (first << 18) | (second << 12) | (third << 6) | fourth;
}
