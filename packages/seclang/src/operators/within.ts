import { findSubstring } from './substring.ts';
import { textOperator } from './text-operator.ts';

/** The value stands somewhere in the argument; an empty value always does. */
export const within = textOperator((value, text) =>
  findSubstring(text, value) < 0 ? null : { span: [0, value.length], captures: [value] },
);
