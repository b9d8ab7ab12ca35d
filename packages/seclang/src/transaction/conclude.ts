import type { Match, MatchPlace } from '../api.ts';
import { stepsOf } from '../compile/pipeline.ts';
import type { CompiledRule } from '../compile/program.ts';
import type { Hit, Run } from './run.ts';

/** What follows from a matched rule: the evidence, the severity, and in mode `on` the disruption. */
export function concludeMatch(run: Run, rule: CompiledRule, complete: boolean): void {
  if (complete && rule.logged && rule.severity !== undefined && rule.severity < run.highestSeverity) {
    run.highestSeverity = rule.severity;
  }
  if (complete && run.observer !== undefined) {
    for (const tag of rule.tags) run.observer.effect('tag', tag.evaluate(run));
  }
  const disrupts = complete && rule.phase !== 5 && run.engine === 'on' && rule.disruption.kind !== 'pass';
  const blocks = disrupts && rule.disruption.kind !== 'allow';
  if (rule.logged || rule.audited || run.scoreAdded !== 0 || blocks) {
    const match = matchOf(run, rule, complete && rule.logged, blocks);
    run.matches.push(match);
    if (blocks) decide(run, rule, match);
  }
  if (disrupts && rule.disruption.kind === 'allow') {
    const { scope } = rule.disruption;
    run.allowedThrough = scope === 'phase' ? rule.phase : scope === 'request' ? 2 : 4;
  }
}

function decide(run: Run, { disruption }: CompiledRule, rule: Match): void {
  switch (disruption.kind) {
    case 'deny':
      run.decision = { kind: 'deny', status: disruption.status, rule };
      break;
    case 'drop':
      run.decision = { kind: 'drop', rule };
      break;
    case 'redirect':
      run.decision = { kind: 'redirect', status: disruption.status, location: disruption.location.evaluate(run), rule };
      break;
    case 'pass':
    case 'allow':
      break;
    default:
      disruption satisfies never;
  }
}

function matchOf(run: Run, rule: CompiledRule, logged: boolean, disruptive: boolean): Match {
  return {
    ruleId: rule.id,
    phase: rule.phase,
    message: run.message,
    logdata: run.logdata,
    severity: rule.severity,
    tags: rule.tags.map((tag) => tag.evaluate(run)),
    version: rule.version,
    file: rule.file,
    line: rule.line,
    operator: rule.operatorText,
    places: run.hits.map((hit) => placeOf(hit, run)),
    score: run.scoreAdded,
    logged,
    audited: rule.audited,
    disruptive,
  };
}

/** Each step's result is still remembered by the item. */
function placeOf({ name, item, node, value, found }: Hit, run: Run): MatchPlace {
  let before = item.value;
  const steps = stepsOf(node).flatMap((step) => {
    const after = item.after(step, run);
    const changed = after === before ? [] : [{ transformation: step.name, before, after }];
    before = after;
    return changed;
  });
  return { target: name, value, span: found?.span, steps, detail: found?.detail };
}
