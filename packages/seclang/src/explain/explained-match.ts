import type { Match } from '../api.ts';
import type { ExplainedMatch, ExplainedPlace, ExplainedStep } from './explanation.ts';
import { shownValue } from './shown-value.ts';
import { traceSpan, type TraceBudget, type TracedSpan } from './trace-span.ts';
import type { Sighting, Watched } from './watch-rules.ts';

export interface MatchView {
  readonly maxValueBytes: number;
  readonly trace: TraceBudget;
}

const MAX_TAGS = 24;

export function explainMatch(match: Match, watched: Watched | undefined, view: MatchView): ExplainedMatch {
  const places = (watched?.sightings ?? []).map((sighting) => explainPlace(sighting, view));
  return {
    ruleId: match.ruleId,
    phase: match.phase,
    message: match.message.slice(0, view.maxValueBytes),
    logdata: match.logdata.slice(0, view.maxValueBytes),
    severity: match.severity,
    tags: match.tags.slice(0, MAX_TAGS).map((tag) => tag.slice(0, 200)),
    file: match.file,
    line: match.line,
    score: match.score,
    logged: match.logged,
    disruptive: match.disruptive,
    places,
    morePlaces: Math.max(0, (watched?.hits ?? 0) - places.length),
  };
}

/** The span of the last value, followed back through the pipeline to the value as it came. */
function explainPlace(sighting: Sighting, { maxValueBytes, trace }: MatchView): ExplainedPlace {
  const { link, name, original, steps, value, found } = sighting;
  let traced: TracedSpan | undefined = found?.span && { span: found.span, exact: true };
  const shown = shownValue(value, traced, maxValueBytes);
  const explained: ExplainedStep[] = [];
  for (const { node, before, after } of steps.toReversed()) {
    const changed = before !== after;
    explained.unshift({
      transformation: node.name,
      changed,
      ...(changed ? { after: shownValue(after, traced, maxValueBytes) } : {}),
    });
    if (changed && traced !== undefined) traced = traceBack(traced, before, after, node.transform, trace);
  }
  return {
    line: link.line,
    operator: link.operatorText.slice(0, maxValueBytes),
    negated: link.negated,
    target: name.slice(0, 200),
    original: shownValue(original, traced, maxValueBytes),
    steps: explained,
    value: shown,
    detail: found?.detail?.slice(0, maxValueBytes),
  };
}

function traceBack(
  { span, exact }: TracedSpan,
  before: string,
  after: string,
  transform: (value: string) => string,
  budget: TraceBudget,
): TracedSpan {
  const found = traceSpan(before, after, span, transform, budget);
  return { span: found.span, exact: exact && found.exact };
}
