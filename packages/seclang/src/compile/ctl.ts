import type { ActionNode } from '../language/ast.ts';
import { parseTargets } from '../language/parse-targets.ts';
import { BODY_PROCESSORS } from '../transaction/request.ts';
import { VARIABLES } from '../variables/registry.ts';
import type { CompileContext } from './context.ts';
import type { CompiledRule, Effect, TargetRemoval } from './program.ts';
import { rulesById, rulesByMessage, rulesByTag, type RuleQuery } from './rule-query.ts';
import { compileSelector } from './selectors.ts';

type CtlCompiler = (value: string, action: ActionNode, context: CompileContext) => Effect | undefined;

const NOTHING: CtlCompiler = () => () => {};

/** By lower-case name. What only concerns audit logs of ModSecurity is accepted and does nothing. */
const CTLS: ReadonlyMap<string, CtlCompiler> = new Map<string, CtlCompiler>([
  ['ruleengine', ruleEngine],
  ['requestbodyprocessor', requestBodyProcessor],
  ['forcerequestbodyvariable', (value) => (run) => (run.request.forceBodyVariable = /^on$/i.test(value))],
  ['requestbodyaccess', (value) => (run) => (run.request.access = /^on$/i.test(value))],
  ['responsebodyaccess', (value) => (run) => (run.response.access = /^on$/i.test(value))],
  ['ruleremovebyid', (value, action, context) => removeRules(queryById(value, action, context), 1, context)],
  ['ruleremovebytag', (value, action, context) => removeRules(queryBy(rulesByTag, value, action, context), 2, context)],
  [
    'ruleremovebymsg',
    (value, action, context) => removeRules(queryBy(rulesByMessage, value, action, context), 3, context),
  ],
  ['ruleremovetargetbyid', removeTargets(queryById)],
  ['ruleremovetargetbytag', removeTargets((value, action, context) => queryBy(rulesByTag, value, action, context))],
  ['ruleremovetargetbymsg', removeTargets((value, action, context) => queryBy(rulesByMessage, value, action, context))],
  ['auditengine', auditEngine],
  ['auditlogparts', NOTHING],
  ['debugloglevel', NOTHING],
  ['requestbodylimit', NOTHING],
  ['responsebodylimit', NOTHING],
  ['hashengine', NOTHING],
  ['hashenforcement', NOTHING],
  ['parsexmlintoargs', NOTHING],
]);

/** In lower case. */
export const CTL_NAMES: readonly string[] = [...CTLS.keys()];

export function compileCtl(action: ActionNode, context: CompileContext): Effect | undefined {
  const match = /^\s*(\w+)\s*=\s*([^]*?)\s*$/.exec(action.value ?? '');
  const compile = CTLS.get((match?.[1] ?? '').toLowerCase());
  if (compile === undefined) {
    context.complaints.unknown('unknown-ctl', action.at, 'ctl', match?.[1] ?? action.value ?? '', CTLS.keys());
    return undefined;
  }
  const effect = compile((match?.[2] ?? '').replace(/^'([^]*)'$/, '$1'), action, context);
  const text = `${match?.[1] ?? ''}=${match?.[2] ?? ''}`;
  return (
    effect &&
    ((run) => {
      effect(run);
      run.observer?.effect('ctl', text);
    })
  );
}

function ruleEngine(value: string, action: ActionNode, context: CompileContext): Effect | undefined {
  const mode = ({ on: 'on', off: 'off', detectiononly: 'detect' } as const)[value.toLowerCase()];
  if (mode !== undefined) return (run) => (run.engine = mode);
  context.complaints.unknown('bad-ctl', action.at, 'engine mode', value, ['On', 'Off', 'DetectionOnly']);
  return undefined;
}

function auditEngine(value: string, action: ActionNode, context: CompileContext): Effect | undefined {
  const mode = value.toLowerCase();
  if (mode === 'on' || mode === 'off' || mode === 'relevantonly') return (run) => (run.auditEngine = mode);
  context.complaints.unknown('bad-ctl', action.at, 'audit mode', value, ['On', 'Off', 'RelevantOnly']);
  return undefined;
}

function requestBodyProcessor(value: string, action: ActionNode, context: CompileContext): Effect | undefined {
  const processor = value.toUpperCase();
  if (BODY_PROCESSORS.has(processor)) return (run) => (run.request.processor = processor);
  context.complaints.unknown('bad-ctl', action.at, 'body processor', value, BODY_PROCESSORS);
  return undefined;
}

function queryById(value: string, action: ActionNode, context: CompileContext): RuleQuery | undefined {
  const query = rulesById(value);
  if (query === undefined) {
    context.complaints.error({
      code: 'bad-ctl',
      at: action.at,
      text: `"${value.slice(0, 60)}" is no rule id or range of ids`,
    });
  }
  return query;
}

function queryBy(
  make: (text: string) => RuleQuery,
  value: string,
  action: ActionNode,
  context: CompileContext,
): RuleQuery | undefined {
  return context.attempt(action.at, () => make(value));
}

/** The rules are looked up once, when the action runs for the first time: all of them are known by then. */
function lookUp(query: RuleQuery, context: CompileContext): () => readonly CompiledRule[] {
  let found: readonly CompiledRule[] | undefined;
  return () => (found ??= context.rules.filter(query));
}

/** `how` is a place in REMOVALS. */
function removeRules(query: RuleQuery | undefined, how: number, context: CompileContext): Effect | undefined {
  if (query === undefined) return undefined;
  const rules = lookUp(query, context);
  return (run) => {
    run.removedRules ??= new Uint8Array(context.rules.length);
    for (const rule of rules()) run.removedRules[rule.index] = how;
  };
}

/** `ID;ARGS:name`, `TAG;REQUEST_HEADERS`; a selector may be a pattern. */
function removeTargets(
  makeQuery: (value: string, action: ActionNode, context: CompileContext) => RuleQuery | undefined,
): CtlCompiler {
  return (value, action, context) => {
    const semicolon = value.indexOf(';');
    const query = makeQuery(semicolon === -1 ? value : value.slice(0, semicolon), action, context);
    const removals = semicolon === -1 ? [] : targetRemovals(value.slice(semicolon + 1), action, context);
    if (semicolon === -1) {
      context.complaints.error({
        code: 'bad-ctl',
        at: action.at,
        text: 'the target is missing',
        hint: 'write …=RULES;VARIABLE',
      });
    }
    if (query === undefined || removals.length === 0) return undefined;
    const rules = lookUp(query, context);
    // CRS removes targets in nearly every request, so what the first removal makes is made once.
    let alone: RemovedTargets | undefined;
    return (run) => {
      if (run.removedTargets === undefined) {
        run.removedTargets = alone ??= new Map(rules().map((rule) => [rule, removals]));
      } else {
        run.removedTargets = alsoRemoved(run.removedTargets, rules(), removals);
      }
      // Rules about TX were settled with all their targets.
      if (removals.some((removal) => removal.variable.name === 'TX')) run.tx.unsettled = true;
    };
  };
}

type RemovedTargets = ReadonlyMap<CompiledRule, readonly TargetRemoval[]>;

function alsoRemoved(
  before: RemovedTargets,
  rules: readonly CompiledRule[],
  removals: readonly TargetRemoval[],
): RemovedTargets {
  const after = new Map(before);
  for (const rule of rules) after.set(rule, [...new Set([...(after.get(rule) ?? []), ...removals])]);
  return after;
}

export function targetRemovals(
  text: string,
  action: { readonly at: ActionNode['at'] },
  context: CompileContext,
): TargetRemoval[] {
  const removals: TargetRemoval[] = [];
  for (const node of parseTargets(text, () => action.at, context.complaints)) {
    const variable = VARIABLES.get(node.name);
    if (variable === undefined) {
      context.complaints.unknown('unknown-variable', action.at, 'variable', node.name, VARIABLES.keys());
      continue;
    }
    const selector = context.attempt(action.at, () => compileSelector(node.selector));
    if (selector !== undefined) removals.push({ variable, selector });
  }
  return removals;
}
