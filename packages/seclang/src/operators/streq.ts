import { textOperator } from './text-operator.ts';

export const streq = textOperator((value, text) => (value === text ? { span: [0, value.length] } : null));
