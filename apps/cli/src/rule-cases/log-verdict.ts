import { basename } from 'node:path';
import type { Match } from '@seawall/seclang';
import type { StageOutput } from './case-files.ts';

/** One line a match, in the bracketed form that the tests' patterns expect. */
export function logLine(match: Match): string {
  const targets = match.places.map((place) => place.target).join(' ');
  const tags = match.tags.map((tag) => `[tag "${tag}"]`).join(' ');
  return `Warning. Matched "${match.operator}" at ${targets}. [file "${basename(match.file)}"] [line "${match.line}"] [id "${match.ruleId}"] [msg "${match.message}"] [data "${match.logdata}"] [severity "${match.severity ?? ''}"] [ver "${match.version}"] ${tags}`;
}

/** What a stage says about the log and does not hold. */
export function logComplaints(
  { log, log_contains: wanted, no_log_contains: unwanted }: StageOutput,
  { ids, lines }: { readonly ids: ReadonlySet<number>; readonly lines: readonly string[] },
): string[] {
  const wrong: string[] = [];
  for (const id of log?.expect_ids ?? []) if (!ids.has(id)) wrong.push(`${id} did not match`);
  for (const id of log?.no_expect_ids ?? []) if (ids.has(id)) wrong.push(`${id} matched: ${lineOf(lines, id)}`);
  const all = lines.join('\n');
  for (const text of [log?.match_regex, wanted])
    if (text !== undefined && !pattern(text).test(all)) wrong.push(`no line of the log matches ${text}`);
  for (const text of [log?.no_match_regex, unwanted])
    if (text !== undefined && pattern(text).test(all)) wrong.push(`a line of the log matches ${text}`);
  return wrong;
}

/** The tests' patterns are RE2's; a flag group in front is all that JavaScript does not take. */
function pattern(text: string): RegExp {
  return new RegExp(text.replace(/^\(\?s\)/, ''), 's');
}

function lineOf(lines: readonly string[], id: number): string {
  return lines.find((line) => line.includes(`[id "${id}"]`))?.slice(0, 300) ?? '';
}
