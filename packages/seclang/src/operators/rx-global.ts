import { compileRx } from './rx.ts';
import { operatorFault } from './faults.ts';
import type { OperatorFactory } from './operator.ts';

/** TX.0 to TX.9: the groups of all matches, one after another, as long as there is room. */
const MAX_CAPTURES = 10;

export const rxGlobal: OperatorFactory = ({ argument }) => {
  if (argument.constant === undefined) {
    const reason = 'a macro cannot stand in this pattern';
    throw operatorFault('seclang.operator-argument', { operator: 'rxGlobal', reason });
  }
  const pattern = compileRx(argument.constant);
  return {
    evaluate(value, run, wantCaptures) {
      const first = pattern.exec(value, run.work);
      if (first === null || !wantCaptures) return first && { span: first.span };
      const captures = [...first.captures];
      for (let from = Math.max(first.span[1], 0); from < value.length && captures.length < MAX_CAPTURES;) {
        const next = pattern.execFrom(value, from, run.work);
        if (next === null) break;
        const empty = next.span[0] === next.span[1];
        if (!empty) captures.push(...next.captures);
        from = empty ? next.span[1] + 1 : next.span[1];
      }
      return { span: first.span, captures: captures.slice(0, MAX_CAPTURES) };
    },
  };
};
