import { isSpace } from './hex.ts';

export function trimLeft(value: string): string {
  let start = 0;
  while (start < value.length && isSpace(value.charCodeAt(start))) start++;
  return start === 0 ? value : value.slice(start);
}
