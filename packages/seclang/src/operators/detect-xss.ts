import { detectXss, XSS_REQUIRES } from '../detect/index.ts';
import type { OperatorFactory } from './operator.ts';
import { requiresOf } from './requires.ts';

export const detectXSS: OperatorFactory = () => ({
  requires: requiresOf(XSS_REQUIRES),
  evaluate(value, run) {
    run.work.spend(value.length);
    const found = detectXss(value);
    return found && { ...found, captures: [value] };
  },
});
