import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/** The 20 raw bytes; rules usually add hexEncode. */
export function sha1(value: string): string {
  return createHash('sha1').update(Buffer.from(value, 'latin1')).digest().toString('latin1');
}
