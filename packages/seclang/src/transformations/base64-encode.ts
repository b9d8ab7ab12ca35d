import { Buffer } from 'node:buffer';

export function base64Encode(value: string): string {
  return Buffer.from(value, 'latin1').toString('base64');
}
