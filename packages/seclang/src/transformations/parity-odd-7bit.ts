import { mapBytes } from './map-bytes.ts';
import { parityMap } from './parity.ts';

const ODD_PARITY = parityMap(0);

export function parityOdd7bit(value: string): string {
  return mapBytes(value, ODD_PARITY);
}
