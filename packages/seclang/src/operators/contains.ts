import { findSubstring } from './substring.ts';
import { textOperator } from './text-operator.ts';

/** @contains, and @strmatch which differs only in the algorithm of the reference. */
export const contains = textOperator((value, text) => {
  const at = findSubstring(value, text);
  return at < 0 ? null : { span: [at, at + text.length], captures: [text] };
});
