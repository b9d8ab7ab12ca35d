import { detectXss } from '../detect/index.ts';
import type { OperatorFactory } from './operator.ts';

export const detectXSS: OperatorFactory = () => ({
  evaluate(value, run) {
    run.work.spend(value.length);
    const found = detectXss(value);
    return found && { ...found, captures: [value.slice(...found.span)] };
  },
});
