import type { Detection } from '../detection.ts';

/** Interim: answers the plainest break-out only, until the grammar is in place. */
export function detectSqli(value: string): Detection | null {
  const match = /['"`]\s*(?:or|and|union)\b/i.exec(value.slice(0, 4096));
  return match === null
    ? null
    : { span: [match.index, match.index + match[0].length], detail: 'quote followed by a keyword' };
}
