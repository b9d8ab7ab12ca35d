import { textOperator } from './text-operator.ts';

export const endsWith = textOperator((value, text) =>
  value.endsWith(text) ? { span: [value.length - text.length, value.length], captures: [text] } : null,
);
