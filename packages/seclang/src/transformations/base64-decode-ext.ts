import { decodeSextets } from './base64-alphabet.ts';

/** Forgiving: skips every byte that is not in the alphabet, as lenient decoders of applications do. */
export function base64DecodeExt(value: string): string {
  return decodeSextets(value, 'skip');
}
