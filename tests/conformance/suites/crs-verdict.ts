import type { Stage } from '../../../apps/cli/src/rule-cases/case-files.ts';
import { logComplaints } from '../../../apps/cli/src/rule-cases/log-verdict.ts';
import type { CrsCase } from './crs-cases.ts';

/** What was seen when a stage was played. */
export interface Seen {
  /** Lines of the log, in the bracketed form that the tests' patterns expect. */
  readonly lines: readonly string[];
  /** 0: there was no answer that is one; undefined: nobody answers. */
  readonly status: number | undefined;
}

/** Every assertion that the suites know; a test with another one would be judged without it. */
const ASSERTIONS = new Set(['status', 'log', 'log_contains', 'no_log_contains', 'expect_error', 'retry_once']);
const LOG_ASSERTIONS = new Set(['expect_ids', 'no_expect_ids', 'match_regex', 'no_match_regex']);

/** A test that asserts nothing, or what this runner cannot judge, passes whatever happens: an error of the runner. */
export function assertJudgeable({ name, stages }: CrsCase): void {
  if (stages.length === 0) throw new Error(`${name} has no stage`);
  for (const { output } of stages) {
    const log = Object.entries(output.log ?? {});
    const unknown = [
      ...Object.keys(output).filter((key) => !ASSERTIONS.has(key)),
      ...log.map(([key]) => key).filter((key) => !LOG_ASSERTIONS.has(key)),
    ];
    if (unknown.length > 0) throw new Error(`${name} asserts ${unknown.join(', ')}, which this runner does not know`);
    const asserted =
      output.status !== undefined ||
      output.expect_error === true ||
      (output.log_contains ?? '') !== '' ||
      (output.no_log_contains ?? '') !== '' ||
      log.some(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== ''));
    if (!asserted) throw new Error(`a stage of ${name} asserts nothing`);
  }
}

/** Whether a stage can be judged when nobody answers. */
export function asksTheLog({ output }: Stage): boolean {
  return output.log !== undefined || output.log_contains !== undefined || output.no_log_contains !== undefined;
}

/** What is wrong; empty when the stage passes. */
export function complaintsOf({ output }: Stage, { lines, status }: Seen): string[] {
  // As the official runner: where an error is expected, it is all that counts.
  if (output.expect_error === true && status !== undefined) {
    return status === 0 ? [] : [`answered ${status}, where the connection should fail`];
  }
  const wrong: string[] = [];
  const statuses = output.status === undefined ? [] : [output.status].flat();
  if (statuses.length > 0 && status !== undefined && !statuses.includes(status))
    wrong.push(`answered ${status || 'nothing'}, expected ${statuses.join(' or ')}`);
  if (status === 0) wrong.push('there was no answer');
  const ids = new Set(lines.map(idOf));
  wrong.push(...logComplaints(output, { ids, lines }));
  return wrong.length === 0 ? [] : [...wrong, `(matched: ${[...ids].join(' ')})`];
}

export function idOf(line: string): number {
  return Number(/\[id "(\d+)"\]/.exec(line)?.[1]);
}
