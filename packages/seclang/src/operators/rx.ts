import { compilePattern, type Pattern, type PatternFlags } from '../regex/index.ts';
import type { Operator, OperatorFactory } from './operator.ts';

/** Patterns with macros are compiled once for each expansion; above this many the oldest is forgotten. */
const EXPANSIONS_KEPT = 16;

/** The flags of ModSecurity v3: `.` takes line feeds, `^` and `$` stand at every line. */
export const RX_FLAGS: PatternFlags = { dotAll: true, multiline: true };

export function compileRx(pattern: string): Pattern {
  return compilePattern(pattern, RX_FLAGS);
}

export const rx: OperatorFactory = ({ argument }) => {
  if (argument.constant === '^.*$') return wholeValue;
  if (argument.constant !== undefined) return patternOperator(compileRx(argument.constant));
  const compiled = new Map<string, Operator>();
  return {
    evaluate(value, run, wantCaptures) {
      const text = argument.expand(run);
      let operator = compiled.get(text);
      if (operator === undefined) {
        run.work.spend(text.length * 10);
        operator = patternOperator(compileRx(text));
        if (compiled.size >= EXPANSIONS_KEPT)
          for (const oldest of [...compiled.keys()].slice(0, 1)) compiled.delete(oldest);
        compiled.set(text, operator);
      }
      return operator.evaluate(value, run, wantCaptures);
    },
  };
};

/** How CRS takes the name of every field as a capture: with these flags the pattern is the whole value, whatever it is. */
const wholeValue: Operator = {
  test: () => true,
  evaluate(value, run) {
    run.work.spend(value.length);
    return { span: [0, value.length], captures: [value] };
  },
};

function patternOperator(pattern: Pattern): Operator {
  return {
    get requires() {
      return pattern.requires;
    },
    test: (value, work) => pattern.test(value, work),
    evaluate(value, run, wantCaptures) {
      if (!pattern.test(value, run.work)) return null;
      const found = pattern.execFrom(value, 0, run.work);
      // The yes stands even when the budget did not last for the place.
      if (found === null) return {};
      return wantCaptures ? { span: found.span, captures: found.captures.slice(0, 10) } : { span: found.span };
    },
  };
}
