import { knownKey, type Say } from '../text/text.ts';

export function learnedWord(kind: string, say: Say): string {
  const key = knownKey(`learned.${kind}`);
  return key === undefined ? kind : say(key);
}
