import { mapBytes } from './map-bytes.ts';
import { parityMap } from './parity.ts';

const EVEN_PARITY = parityMap(1);

export function parityEven7bit(value: string): string {
  return mapBytes(value, EVEN_PARITY);
}
