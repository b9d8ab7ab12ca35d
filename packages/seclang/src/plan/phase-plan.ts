import { stepsOf, type PipelineNode } from '../compile/pipeline.ts';
import type { CompiledLink, CompiledRule, CompiledTarget, Program } from '../compile/program.ts';
import { selects } from '../compile/selectors.ts';
import type { Clause } from '../regex/index.ts';
import type { Item } from '../transaction/item.ts';
import { touchedBytes } from '../transformations/index.ts';
import type { Variable } from '../variables/variable.ts';
import { Judge, type Group, type Member, type Profile } from './profile.ts';
import { ScannerBuilder } from './scanner.ts';
import type { SettledPhase, SettledStep } from './settle.ts';
import type { VerdictCache } from './verdict-cache.ts';

/** One thing left to do in a phase. */
export type PlanStep =
  | {
      readonly kind: 'rule';
      readonly rule: CompiledRule;
      readonly position: number;
      /** Where to go on after a match that skips; undefined = only rule by rule, because something settled would be skipped. */
      readonly jump: number | undefined;
    }
  | Extract<SettledStep, { kind: 'assign' }>;

export interface PhasePlan {
  readonly steps: readonly PlanStep[];
  /** One bit a step: those that are tried whatever the values are. */
  readonly always: Uint32Array;
  /** Filled anew in each run of the phase; evaluation is synchronous, so one is enough. */
  readonly wanted: Uint32Array;
  /** By position in Program.phases: 1 = the rule is in `steps` and was judged beforehand. */
  readonly judged: Int32Array;
  readonly sources: readonly Source[];
  readonly judge: Judge;
  /** REQUEST_BODY is judged, which a rule can still bring into being. */
  readonly readsBody: boolean;
  /** Something is assigned here, so a transaction that leaves the phase out is in another state than foreseen. */
  readonly assigns: boolean;
}

/** Where values come from, and what is asked of them. */
export class Source {
  readonly variable: Variable;
  private readonly asked: readonly Asked[];
  /** Some target tells the values apart by their names. */
  private readonly selective: boolean;
  private readonly profiles = new Map<string, Profile>();
  private readonly byName = new Map<string, Profile>();
  private common: Profile | undefined;
  private readonly make: (asked: readonly Asked[]) => Profile;

  constructor(variable: Variable, asked: readonly Asked[], make: (asked: readonly Asked[]) => Profile) {
    this.variable = variable;
    this.asked = asked;
    this.make = make;
    this.selective = asked.some(({ target }) => target.selector.kind !== 'all' || target.exclusions.length > 0);
  }

  /** Values whose names the rules do not tell apart share a profile. */
  profileOf(item: Item): Profile {
    if (!this.selective) return (this.common ??= this.make(this.asked));
    const known = this.byName.get(item.key);
    if (known !== undefined) return known;
    const profile = this.sharedProfile(item);
    if (item.key.length <= MAX_NAME) {
      if (this.byName.size >= NAMES_KEPT) this.byName.clear();
      this.byName.set(item.key, profile);
    }
    return profile;
  }

  private sharedProfile(item: Item): Profile {
    const asked = this.asked.filter(({ target }) => concerns(target, item));
    const key = asked.map(({ step }) => step).join();
    let profile = this.profiles.get(key);
    if (profile === undefined) {
      profile = this.make(asked);
      if (this.profiles.size < PROFILES_KEPT) this.profiles.set(key, profile);
    }
    return profile;
  }
}

/** Names come from clients: what is remembered of them is bounded. */
const NAMES_KEPT = 512;
const MAX_NAME = 64;
const PROFILES_KEPT = 128;

interface Asked {
  readonly step: number;
  readonly link: CompiledLink;
  readonly target: CompiledTarget;
}

function concerns({ selector, exclusions }: CompiledTarget, item: Item): boolean {
  return selects(selector, item) && !exclusions.some((exclusion) => selects(exclusion, item));
}

export function planPhase(
  { phases }: Program,
  phase: number,
  { steps: settled, reached }: SettledPhase,
  cache: VerdictCache | undefined,
): PhasePlan {
  const rules = phases[phase] ?? [];
  const steps = settled.map((step): PlanStep =>
    step.kind === 'assign' ? step : { ...step, jump: jumpOf(step.rule, step.position, settled, reached) },
  );
  const words = Math.max(1, Math.ceil(steps.length / 32));
  const always = new Uint32Array(words);
  const judged = new Int32Array(rules.length).fill(-1);
  const askedOf = new Map<Variable, Asked[]>();
  for (const [place, step] of steps.entries()) {
    const link = step.kind === 'rule' ? step.rule.links[0] : undefined;
    if (step.kind === 'assign' || link === undefined || !canBeJudged(link)) {
      setBit(always, place);
      continue;
    }
    judged[step.position] = place;
    for (const target of link.targets) {
      const asked = askedOf.get(target.variable);
      const one = { step: place, link, target };
      if (asked === undefined) askedOf.set(target.variable, [one]);
      else asked.push(one);
    }
  }
  const builder = new ScannerBuilder();
  for (const asked of askedOf.values()) {
    for (const { link } of asked) {
      for (const node of nodesOf(link)) builder.name(touchedClause(node));
      for (const clause of clausesOf(link)) builder.name(clause);
    }
  }
  const judge = new Judge(builder.build(), cache);
  let seed = phase << 16;
  const make = (asked: readonly Asked[]): Profile => ({
    groups: groupsOf(asked, builder),
    seed: seed++,
  });
  return {
    steps,
    always,
    wanted: new Uint32Array(words),
    judged,
    sources: [...askedOf].map(([variable, asked]) => new Source(variable, asked, make)),
    judge,
    readsBody: [...askedOf.keys()].some((variable) => variable.name === 'REQUEST_BODY'),
    assigns: steps.some((step) => step.kind === 'assign'),
  };
}

export function setBit(bits: Uint32Array, place: number): void {
  bits[place >> 5] = (bits[place >> 5] ?? 0) | (1 << (place & 31));
}

/** The answer depends on nothing but values that do not change within the phase. */
function canBeJudged(link: CompiledLink): boolean {
  return (
    link.operator !== undefined &&
    !link.operatorText.includes('%{') &&
    link.targets.length > 0 &&
    link.targets.every(({ variable, count }) => variable.slot !== undefined && !count)
  );
}

function clausesOf({ operator, negated }: CompiledLink): readonly Clause[] {
  return negated ? [] : (operator?.requires?.clauses ?? []);
}

/** The texts that the operator sees: after the pipeline, or with multiMatch after each of its steps. */
function nodesOf({ pipeline, multiMatch }: CompiledLink): readonly (PipelineNode | undefined)[] {
  return multiMatch === undefined ? [pipeline] : [undefined, ...multiMatch];
}

const EVERY_BYTE = new Uint8Array(256).fill(1);

/** The bytes that some step of the pipeline changes. */
function touchedClause(node: PipelineNode | undefined): Extract<Clause, { kind: 'bytes' }> {
  const bytes = new Uint8Array(256);
  for (const step of stepsOf(node)) {
    const touched = touchedBytes(step.name.toLowerCase());
    if (touched === undefined) return { kind: 'bytes', bytes: EVERY_BYTE };
    for (let byte = 0; byte < 256; byte++) if (touched[byte] === 1) bytes[byte] = 1;
  }
  return { kind: 'bytes', bytes };
}

/** Transformations that change even the empty value must run whatever bytes there are. */
function alwaysChanges(node: PipelineNode | undefined): boolean {
  return stepsOf(node).some((step) => touchedBytes(step.name.toLowerCase()) === undefined);
}

function groupsOf(asked: readonly Asked[], builder: ScannerBuilder): Group[] {
  const groups = new Map<PipelineNode | undefined, Member[]>();
  for (const { step, link } of asked) {
    const { operator, negated } = link;
    if (operator === undefined) continue;
    const questions = clausesOf(link).flatMap((clause) => builder.question(clause) ?? []);
    const member: Member = {
      step,
      operator,
      negated,
      questions,
      minLength: negated ? 0 : (operator.requires?.minLength ?? 0),
    };
    for (const node of nodesOf(link)) {
      const members = groups.get(node);
      if (members === undefined) groups.set(node, [member]);
      else members.push(member);
    }
  }
  return [...groups].map(([node, members]) => ({
    node,
    touched: alwaysChanges(node) ? undefined : builder.question(touchedClause(node)),
    plain: members.filter(({ questions }) => questions.every(({ mask }) => mask === 0)),
    members,
  }));
}

/** A skip is foreseen when nothing settled lies between, and its end is reached. */
function jumpOf(
  rule: CompiledRule,
  position: number,
  steps: readonly SettledStep[],
  reached: Uint8Array,
): number | undefined {
  const { skipTo } = rule;
  if (skipTo === undefined) return undefined;
  if (skipTo < reached.length && reached[skipTo] !== 1) return undefined;
  if (steps.some((step) => step.kind === 'assign' && step.position > position && step.position < skipTo))
    return undefined;
  const place = steps.findIndex((step) => step.position >= skipTo);
  return place === -1 ? steps.length : place;
}
