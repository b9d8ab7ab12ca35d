import { Buffer } from 'node:buffer';

export function hexEncode(value: string): string {
  return Buffer.from(value, 'latin1').toString('hex');
}
