import { normalisePath } from './normalise-path.ts';

export function normalisePathWin(value: string): string {
  return normalisePath(value.includes('\\') ? value.replaceAll('\\', '/') : value);
}
