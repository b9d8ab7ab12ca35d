import { detectShell as detect } from '../detect/index.ts';
import type { OperatorFactory } from './operator.ts';

export const detectShell: OperatorFactory = () => ({
  evaluate(value, run) {
    run.work.spend(value.length);
    const found = detect(value);
    return found && { ...found, captures: [value.slice(...found.span)] };
  },
});
