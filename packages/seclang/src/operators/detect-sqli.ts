import { detectSqli } from '../detect/index.ts';
import type { OperatorFactory } from './operator.ts';

export const detectSQLi: OperatorFactory = () => ({
  evaluate(value, run) {
    run.work.spend(value.length);
    const found = detectSqli(value);
    return found && { ...found, captures: [value.slice(...found.span)] };
  },
});
