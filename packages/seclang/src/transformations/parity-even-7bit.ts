import { withParity } from './parity.ts';

export function parityEven7bit(value: string): string {
  return withParity(value, 1);
}
