import { knownKey, type Say } from '../text/text.ts';

export const FAMILIES = ['sqli', 'xss', 'lfi', 'rce', 'ssrf', 'leak', 'protocol', 'login', 'scanner', 'other'] as const;

/** A family that the catalogue does not know is shown as the rule's tag says it. */
export function familyWord(family: string, say: Say): string {
  const key = knownKey(`family.${family}`);
  return key === undefined ? family : say(key);
}
