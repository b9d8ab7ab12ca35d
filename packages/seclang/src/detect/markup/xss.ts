import type { Detection } from '../detection.ts';

/** Interim: answers the plainest script tag only, until the tokenizer is in place. */
export function detectXss(value: string): Detection | null {
  const at = value.toLowerCase().indexOf('<script');
  return at < 0 ? null : { span: [at, at + 7], detail: 'text: script element' };
}
