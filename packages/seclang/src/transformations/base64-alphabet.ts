const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const SEXTETS = new Int8Array(256).fill(-1);
for (let index = 0; index < ALPHABET.length; index++) SEXTETS[ALPHABET.charCodeAt(index)] = index;

/** Bytes of a base64 text (RFC 4648 section 4); a last group of one sextet gives no byte. */
export function decodeSextets(value: string, foreign: 'stop' | 'skip'): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    const sextet = SEXTETS[code] ?? -1;
    if (sextet < 0) {
      if (foreign === 'skip' || code === 0x0a || code === 0x0d) continue;
      break;
    }
    held = ((held << 6) | sextet) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += String.fromCharCode((held >> bits) & 0xff);
    }
  }
  return out;
}
