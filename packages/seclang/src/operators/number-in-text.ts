import { compileRx } from './rx.ts';
import { operatorFault } from './faults.ts';
import type { OperatorFactory } from './operator.ts';

/**
 * Candidates looked at in one value. Above it an attacker who controls the value could hide a number behind thousands of
 * wrong ones; below it each search stays within one value's worth of work.
 */
const MAX_CANDIDATES = 2000;

/** An operator whose argument is a pattern that finds candidates, each then checked by `isValid` on its digits. */
export function numberInText(name: string, isValid: (digits: string) => boolean): OperatorFactory {
  return ({ argument }) => {
    if (argument.constant === undefined) {
      const reason = 'a macro cannot stand in this pattern';
      throw operatorFault('seclang.operator-argument', { operator: name, reason });
    }
    const pattern = compileRx(argument.constant);
    return {
      evaluate(value, run) {
        let from = 0;
        for (let count = 0; count < MAX_CANDIDATES && from <= value.length; count++) {
          const found = pattern.execFrom(value, from, run.work);
          if (found === null) return null;
          const text = value.slice(...found.span);
          if (isValid(text.replace(/[^0-9]+/g, ''))) return { span: found.span, captures: [text] };
          // From the next byte on: a valid number may begin inside a longer run of digits.
          from = found.span[0] + 1;
        }
        return null;
      },
    };
  };
}

/** All digits equal, or each one more than the one before: examples, not numbers of people. */
export function isTrivial(digits: string): boolean {
  const steps = new Set<number>();
  for (let at = 1; at < digits.length; at++) steps.add(digits.charCodeAt(at) - digits.charCodeAt(at - 1));
  return steps.size === 1 && (steps.has(0) || steps.has(1));
}

/** Sum of digit times weight. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (digits.charCodeAt(at) - 0x30), 0);
}
