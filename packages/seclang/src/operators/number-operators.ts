import type { OperatorFactory } from './operator.ts';
import { textOperator } from './text-operator.ts';

/**
 * C's atoi: white space, a sign, digits; anything else is 0. Saturates at 2^53-1, so that a number that is too long
 * compares as very large instead of wrapping round to something harmless.
 */
export function leadingInteger(text: string): number {
  const found = /^[\t-\r ]*([+-]?)0*([0-9]{1,17})/.exec(text);
  if (found === null) return 0;
  const size = Math.min(Number(found[2]), Number.MAX_SAFE_INTEGER);
  return found[1] === '-' && size !== 0 ? -size : size;
}

function numberOperator(compare: (value: number, argument: number) => boolean): OperatorFactory {
  return textOperator((value, text) =>
    compare(leadingInteger(value), leadingInteger(text)) ? { span: [0, value.length] } : null,
  );
}

export const eq = numberOperator((value, argument) => value === argument);
export const ge = numberOperator((value, argument) => value >= argument);
export const gt = numberOperator((value, argument) => value > argument);
export const le = numberOperator((value, argument) => value <= argument);
export const lt = numberOperator((value, argument) => value < argument);
