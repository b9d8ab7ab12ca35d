import { trimLeft } from './trim-left.ts';
import { trimRight } from './trim-right.ts';

export function trim(value: string): string {
  return trimLeft(trimRight(value));
}
