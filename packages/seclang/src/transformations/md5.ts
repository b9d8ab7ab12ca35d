import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/** The 16 raw bytes; rules usually add hexEncode. */
export function md5(value: string): string {
  return createHash('md5').update(Buffer.from(value, 'latin1')).digest().toString('latin1');
}
