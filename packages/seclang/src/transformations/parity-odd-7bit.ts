import { withParity } from './parity.ts';

export function parityOdd7bit(value: string): string {
  return withParity(value, 0);
}
