import type { OperatorFactory } from './operator.ts';

/** A hit is a `%` that two hex digits do not follow. */
export const validateUrlEncoding: OperatorFactory = () => ({
  requires: { clauses: [{ kind: 'literals', literals: ['%'] }], minLength: 1 },
  evaluate(value, run) {
    run.work.spend(value.length);
    const at = value.search(/%(?![0-9a-fA-F]{2})/);
    return at < 0 ? null : { span: [at, Math.min(at + 3, value.length)], detail: 'broken %-encoding' };
  },
});
