import { Fault } from '@seawall/faults';
import type { ActionNode } from '../language/ast.ts';
import type { DraftLink, RuleDraft } from '../load/draft.ts';
import { NEEDS_TABLE, OPERATORS } from '../operators/index.ts';
import type { Operator } from '../operators/operator.ts';
import { TRANSFORMATIONS } from '../transformations/index.ts';
import type { CompileContext } from './context.ts';
import { compileEffects } from './effects.ts';
import { stepsOf, type PipelineNode } from './pipeline.ts';
import type { CompiledLink, CompiledRule, Disruption, Effect } from './program.ts';
import type { RuleActions } from './rule-actions.ts';
import { compileTargets } from './targets.ts';
import { Template } from './template.ts';

/** Undefined when something is wrong; the complaints say what. */
export function compileRule(draft: RuleDraft, context: CompileContext): CompiledRule | undefined {
  const head = draft.links[0];
  if (head === undefined) return undefined;
  const { actions, node } = head;
  if (actions.id === undefined && node.operator === undefined) {
    context.complaints.warn({
      code: 'no-id',
      at: node.at,
      text: 'this SecAction has no id, so no exclusion can name it',
      hint: 'add id:NUMBER; numbers from 9500000 on are for your own rules',
    });
  } else if (actions.id === undefined) {
    context.complaints.error({
      code: 'no-id',
      at: node.at,
      text: 'the rule has no id',
      hint: 'add id:NUMBER; numbers from 9500000 on are for your own rules',
    });
    return undefined;
  }
  const phase = actions.phase ?? 2;
  const defaults = draft.defaults.get(phase);
  const links = draft.links.map((link, index) => compileLink(link, draft, index === 0, context, defaults));
  const template = (action: ActionNode | undefined): Template | undefined =>
    action === undefined ? undefined : context.template(action.value ?? '', action.at);
  const disruption = compileDisruption(actions, statusOf(draft), defaults, context);
  const logged = actions.log ?? defaults?.log ?? true;
  const audited = actions.audit ?? actions.log ?? defaults?.audit ?? logged;
  const scores = draft.links.some((link) =>
    link.actions.effects.some((effect) => /anomaly_score_pl/i.test(effect.value ?? '')),
  );
  return {
    index: context.rules.length,
    id: actions.id ?? 0,
    phase,
    file: node.at.file,
    line: node.at.line,
    operatorText: node.operator?.text ?? 'SecAction',
    message: template(actions.msg),
    logdata: template(actions.logdata),
    tags: actions.tags.map((tag) => context.template(tag.value ?? '', tag.at)),
    severity: actions.severity ?? defaults?.severity,
    version: actions.ver,
    revision: actions.rev,
    links,
    disruption,
    logged,
    audited,
    recorded:
      logged ||
      audited ||
      scores ||
      disruption.kind === 'deny' ||
      disruption.kind === 'drop' ||
      disruption.kind === 'redirect',
    skipTo: undefined,
    skipsByCount: draft.links.some((link) => link.actions.skip !== undefined),
  };
}

function compileLink(
  link: DraftLink,
  draft: RuleDraft,
  isHead: boolean,
  context: CompileContext,
  defaults: RuleActions | undefined,
): CompiledLink {
  const { actions, node } = link;
  const targets = [...link.targets, ...(isHead ? draft.addedTargets : []), ...draft.excludedTargets];
  const pipeline = compilePipeline([...(defaults?.transformations ?? []), ...actions.transformations], context);
  const own = (action: ActionNode | undefined): Template | undefined =>
    action === undefined ? undefined : context.template(action.value ?? '', action.at);
  const argument = macroArgument(link, context);
  return {
    file: node.at.file,
    line: node.at.line,
    targets: compileTargets(targets, context),
    operator: compileOperator(link, context),
    operatorText: node.operator?.text ?? 'SecAction',
    argument,
    withKnown: argument && ((known) => operatorWithKnown(link, argument, known, context)),
    negated: node.operator?.negated ?? false,
    pipeline,
    multiMatch: actions.multiMatch ? stepsOf(pipeline) : undefined,
    capture: actions.capture,
    effects: [...locating(link, context), ...compileEffects(actions.effects, context)],
    message: isHead ? undefined : own(actions.msg),
    logdata: isHead ? undefined : own(actions.logdata),
  };
}

/** `@geoLookup` fills GEO when it matches. */
function locating({ node }: DraftLink, { geo }: CompileContext): Effect[] {
  if (geo === undefined || node.operator?.name.toLowerCase() !== 'geolookup') return [];
  return [(run) => run.locate(geo.find(run.lastMatched.value))];
}

function macroArgument({ node }: DraftLink, context: CompileContext): Template | undefined {
  const { operator } = node;
  if (operator === undefined || !operator.argument.includes('%{')) return undefined;
  return context.template(operator.argument, operator.at);
}

function compilePipeline(actions: readonly ActionNode[], context: CompileContext): PipelineNode | undefined {
  let node: PipelineNode | undefined;
  for (const action of actions) {
    const name = (action.value ?? '').toLowerCase();
    const transform = (name === 'urldecodeuni' ? context.urlDecodeUni : undefined) ?? TRANSFORMATIONS.get(name);
    if (name === 'none') node = undefined;
    else if (transform === undefined) {
      context.complaints.unknown(
        'unknown-transformation',
        action.at,
        'transformation',
        action.value ?? '',
        TRANSFORMATIONS.keys(),
      );
    } else node = context.pipelines.step(node, action.value ?? '', transform);
  }
  return node;
}

function compileOperator({ node }: DraftLink, context: CompileContext): Operator | undefined {
  const written = node.operator;
  if (written === undefined) return undefined;
  const factory = OPERATORS.get(written.name.toLowerCase());
  if (factory === undefined) {
    context.complaints.unknown(
      'unknown-operator',
      written.at,
      'operator',
      `@${written.name}`,
      [...OPERATORS.keys()].map((name) => `@${name}`),
    );
    return undefined;
  }
  const folder = folderOf(node.at.file);
  const key = `${written.name.toLowerCase()}\n${folder}\n${written.argument}`;
  const known = context.operators.get(key);
  if (known !== undefined) return known;
  const argument = context.template(written.argument, written.at);
  if (NEEDS_TABLE.has(written.name.toLowerCase()) && (context.geo === undefined || /^rbl$/i.test(written.name))) {
    context.complaints.warn({
      code: 'no-table',
      at: written.at,
      text: `@${written.name} never matches: it has no table to look in`,
      hint: 'give SecGeoLookupDb a file in the MaxMind DB format for @geoLookup; use @ipMatchFromFile instead of @rbl',
    });
  }
  const operator = context.attempt(written.at, () =>
    factory({ argument, file: fileReader(folder, context.files), geo: context.geo }),
  );
  if (operator !== undefined) context.operators.set(key, operator);
  return operator;
}

/** A text that is no argument of the operator is found out when the rule runs, as without this. */
function operatorWithKnown(
  { node }: DraftLink,
  argument: Template,
  known: ReadonlyMap<string, string>,
  { files }: CompileContext,
): Operator | undefined {
  const text = argument.withKnown(known);
  const factory = OPERATORS.get(node.operator?.name.toLowerCase() ?? '');
  if (text === undefined || factory === undefined) return undefined;
  try {
    return factory({
      argument: { text, constant: text, expand: () => text },
      file: fileReader(folderOf(node.at.file), files),
    });
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function folderOf(file: string): string {
  return file.replace(/[^/]*$/, '');
}

function fileReader(folder: string, files: ReadonlyMap<string, string>): (name: string) => string | undefined {
  return (name) => files.get(joinPath(folder, name)) ?? files.get(name);
}

export function joinPath(folder: string, name: string): string {
  const absolute = name.startsWith('/');
  const parts: string[] = [];
  for (const part of (absolute ? name : folder + name).split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '' && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && !(part === '' && parts.length > 0)) parts.push(part);
  }
  return parts.join('/');
}

/** The status that the last link of a chain names holds for the rule. */
function statusOf(draft: RuleDraft): number | undefined {
  return draft.links.map((link) => link.actions.status).findLast((status) => status !== undefined);
}

function compileDisruption(
  actions: RuleActions,
  ownStatus: number | undefined,
  defaults: RuleActions | undefined,
  context: CompileContext,
): Disruption {
  const own = actions.disruptive;
  const chosen = own === undefined || own.name.toLowerCase() === 'block' ? defaults?.disruptive : own;
  const status = ownStatus ?? defaults?.status;
  switch (chosen?.name.toLowerCase()) {
    case 'deny':
      return { kind: 'deny', status: status ?? 403 };
    case 'drop':
      return { kind: 'drop' };
    case 'redirect': {
      const isRedirect = status !== undefined && status >= 300 && status <= 399;
      return {
        kind: 'redirect',
        status: isRedirect ? status : 302,
        location: context.template(chosen?.value ?? '', chosen?.at ?? { file: '', line: 1, column: 1 }),
      };
    }
    case 'allow': {
      const scope = (chosen?.value ?? '').toLowerCase();
      if (scope !== '' && scope !== 'phase' && scope !== 'request' && chosen !== undefined) {
        context.complaints.unknown('bad-action-value', chosen.at, 'scope of allow', scope, ['phase', 'request']);
      }
      return { kind: 'allow', scope: scope === 'phase' || scope === 'request' ? scope : 'all' };
    }
    default:
      return { kind: 'pass' };
  }
}
