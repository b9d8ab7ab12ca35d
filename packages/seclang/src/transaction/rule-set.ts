import type { LoadOptions, RuleSet } from '../api.ts';
import type { CompiledRule, Program } from '../compile/program.ts';
import { stepsOf } from '../compile/pipeline.ts';
import type { Need } from '../explain/explanation.ts';
import { needOf } from '../explain/requirement.ts';
import { compileRx } from '../operators/rx.ts';
import { planOf } from '../plan/plan.ts';
import { RuleTransaction } from './transaction.ts';

/** One rule for people: where it stands, what it looks at and how. */
export interface RuleDescription {
  readonly id: number;
  readonly phase: number;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly tags: readonly string[];
  readonly logged: boolean;
  readonly links: readonly {
    readonly line: number;
    readonly targets: readonly string[];
    readonly operator: string;
    readonly transformations: readonly string[];
    /** How the operator decides (`dfa`, `literal`, `v8`), when it says so. */
    readonly matchedBy: string | undefined;
    readonly why: string | undefined;
    readonly negated: boolean;
    /** What each value must hold for a yes, a few texts of each clause; undefined = nothing is known, or the operator is negated. */
    readonly needs:
      | { readonly clauses: readonly Pick<Need, 'oneOf' | 'more'>[]; readonly minLength: number }
      | undefined;
  }[];
}

const PROGRAMS = new WeakMap<RuleSet, Program>();

export function ruleSetOf(program: Program, options: LoadOptions = {}): RuleSet {
  const plan = planOf(program, options);
  const { settings, phases } = program;
  const ruleSet: RuleSet = {
    rules: program.rules.length,
    version: settings.signatures.join(' '),
    needsRequestBody: settings.requestBodyAccess && (phases[2]?.length ?? 0) > 0,
    needsResponseBody: settings.responseBodyAccess && (phases[4]?.length ?? 0) > 0,
    responseMimeTypes: settings.responseMimeTypes,
    requestBodyLimit: settings.requestBodyLimit,
    responseBodyLimit: settings.responseBodyLimit,
    requestBodyLimitAction: settings.requestBodyLimitAction,
    responseBodyLimitAction: settings.responseBodyLimitAction,
    ...(settings.ruleEngine === undefined ? {} : { engine: settings.ruleEngine }),
    begin: (facts, environment) => new RuleTransaction(program, facts, environment, plan),
    cacheCounts: plan.cacheCounts,
  };
  PROGRAMS.set(ruleSet, program);
  return ruleSet;
}

/** Throws when the rule set is none of this engine's. */
export function programOf(ruleSet: RuleSet): Program {
  const program = PROGRAMS.get(ruleSet);
  if (program === undefined) throw new Error('the rule set was not made by loadRules');
  return program;
}

/** All rules in the order of the files, for `rules check` and `explain`. */
export function describeRules(ruleSet: RuleSet): RuleDescription[] {
  return PROGRAMS.get(ruleSet)?.rules.map(describe) ?? [];
}

/** Rules that `SecRuleRemoveBy…` took away, with that directive's name. */
export function removedRules(ruleSet: RuleSet): Program['removed'] {
  return PROGRAMS.get(ruleSet)?.removed ?? [];
}

function describe(rule: CompiledRule): RuleDescription {
  return {
    id: rule.id,
    phase: rule.phase,
    file: rule.file,
    line: rule.line,
    message: rule.message?.text ?? '',
    tags: rule.tags.map((tag) => tag.text),
    logged: rule.logged,
    links: rule.links.map((link) => ({
      line: link.line,
      targets: link.targets.map((target) => target.text),
      operator: link.operatorText,
      transformations: stepsOf(link.pipeline).map((step) => step.name),
      ...howMatched(link.operatorText),
      negated: link.negated,
      needs: needsOf(link),
    })),
  };
}

function needsOf({ operator, negated }: CompiledRule['links'][number]): RuleDescription['links'][number]['needs'] {
  const requires = operator?.requires;
  if (requires === undefined || negated) return undefined;
  return { clauses: requires.clauses.map((clause) => needOf(requires, clause)), minLength: requires.minLength };
}

/** Compiled anew, because operators keep their pattern to themselves; what holds a macro is compiled while it runs. */
function howMatched(operator: string): { readonly matchedBy: string | undefined; readonly why: string | undefined } {
  const pattern = /^!?@rx(?:Global)? ([^]*)$/i.exec(operator)?.[1];
  if (pattern === undefined || pattern.includes('%{')) return { matchedBy: undefined, why: undefined };
  const { how, why } = compileRx(pattern);
  return { matchedBy: how, why };
}
