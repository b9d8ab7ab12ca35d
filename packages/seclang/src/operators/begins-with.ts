import { textOperator } from './text-operator.ts';

export const beginsWith = textOperator((value, text) =>
  value.startsWith(text) ? { span: [0, text.length], captures: [text] } : null,
);
