/** Two characters a byte, an odd last one is dropped. Foreign characters count by the arithmetic of the reference, not as errors. */
export function hexDecode(value: string): string {
  let out = '';
  for (let at = 0; at + 1 < value.length; at += 2) {
    out += String.fromCharCode((digit(value.charCodeAt(at)) * 16 + digit(value.charCodeAt(at + 1))) & 0xff);
  }
  return out;
}

function digit(code: number): number {
  return code >= 0x41 ? (code & 0xdf) - 0x41 + 10 : code - 0x30;
}
