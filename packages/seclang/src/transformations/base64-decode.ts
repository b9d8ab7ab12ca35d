import { decodeSextets } from './base64-alphabet.ts';

/**
 * Decodes up to the first byte that cannot belong to base64 (line ends are skipped, `=` and NUL end the text), so that a
 * broken tail hides nothing that came before it.
 */
export function base64Decode(value: string): string {
  return decodeSextets(value, 'stop');
}
