import { detectSqli, SQLI_REQUIRES } from '../detect/index.ts';
import type { OperatorFactory } from './operator.ts';
import { requiresOf } from './requires.ts';

export const detectSQLi: OperatorFactory = () => ({
  requires: requiresOf(SQLI_REQUIRES),
  evaluate(value, run) {
    run.work.spend(value.length);
    const found = detectSqli(value);
    return found && { ...found, captures: [value.slice(...found.span)] };
  },
});
