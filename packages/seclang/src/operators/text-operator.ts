import type { OperatorFactory, OperatorHit } from './operator.ts';

/** Compares a value with the expanded argument. */
export type TextTest = (value: string, argument: string) => OperatorHit | null;

/** An operator whose argument is a text that may hold macros; costs value and argument. */
export function textOperator(test: TextTest): OperatorFactory {
  return ({ argument }) => ({
    evaluate(value, run) {
      const text = argument.constant ?? argument.expand(run);
      run.work.spend(value.length + text.length);
      return test(value, text);
    },
  });
}
