import type { CompiledLink, CompiledRule, CompiledTarget, Program } from '../compile/program.ts';
import type { Operator } from '../operators/operator.ts';
import type { Variable } from '../variables/variable.ts';
import { Judge } from './judge.ts';
import type { Profile } from './profile.ts';
import { nameQuestions, profileMaker } from './profile-maker.ts';
import { ScannerBuilder } from './scanner.ts';
import type { SettledPhase, SettledStep } from './settle.ts';
import { Source, type Asked } from './source.ts';
import type { VerdictCache } from './verdict-cache.ts';

/** One thing left to do in a phase. */
export type PlanStep =
  | {
      readonly kind: 'rule';
      readonly rule: CompiledRule;
      readonly position: number;
      /** Where to go on after a match that skips; undefined = only rule by rule, because something settled would be skipped. */
      readonly jump: number | undefined;
      /** Marks of later links of the chain: without all of them the rule cannot match, and its first links leave no trace. */
      readonly needs: readonly number[];
      /** What was judged holds only while TX is as foreseen: the argument of an operator was taken from there. */
      readonly settled: boolean;
    }
  | Extract<SettledStep, { kind: 'assign' }>;

export interface PhasePlan {
  readonly steps: readonly PlanStep[];
  /**
   * Bits: first one a step, those that are tried whatever the values are; then one for each other link that is judged. `wanted` is filled
   * anew in each run of the phase; evaluation is synchronous, so one is enough.
   */
  readonly always: Uint32Array;
  readonly wanted: Uint32Array;
  /** By position in Program.phases: the place of the rule in `steps`, -1 = it is not there. */
  readonly places: Int32Array;
  readonly sources: readonly Source[];
  readonly counts: readonly Count[];
  readonly judge: Judge;
  /** REQUEST_BODY is judged, which a rule can still bring into being. */
  readonly readsBody: boolean;
  /** Something is assigned here, so a transaction that leaves the phase out is in another state than foreseen. */
  readonly assigns: boolean;
}

/** A number of values that rules ask for. */
export interface Count {
  readonly target: CompiledTarget;
  readonly profile: Profile;
}

/** What TX is known to hold, whatever the messages are. */
export type Known = ReadonlyMap<string, string>;

export function planPhase(
  { phases }: Program,
  phase: number,
  { steps: settled, reached }: SettledPhase,
  known: Known,
  cache: VerdictCache | undefined,
): PhasePlan {
  const asked: Asked[] = [];
  const always: number[] = [];
  let marks = settled.length;
  const places = new Int32Array(phases[phase]?.length ?? 0).fill(-1);
  const steps = settled.map((step, place): PlanStep => {
    if (step.kind === 'assign') {
      always.push(place);
      return step;
    }
    places[step.position] = place;
    const needs: number[] = [];
    let isSettled = false;
    for (const [index, link] of step.rule.links.entries()) {
      const operator = judgeable(link, known);
      if (operator === undefined) {
        if (index === 0) always.push(place);
      } else {
        const mark = index === 0 ? place : marks++;
        if (index > 0) needs.push(mark);
        if (link.argument !== undefined) isSettled = true;
        for (const target of link.targets) asked.push({ mark, link, operator, target });
      }
      if (leavesTrace(link)) break;
    }
    return { ...step, jump: jumpOf(step.rule, step.position, settled, reached), needs, settled: isSettled };
  });
  const builder = new ScannerBuilder();
  nameQuestions(builder, asked);
  const make = profileMaker(builder, phase);
  const bits = new Uint32Array(Math.max(1, Math.ceil(marks / 32)));
  for (const place of always) setBit(bits, place);
  return {
    steps,
    always: bits,
    wanted: new Uint32Array(bits.length),
    places,
    sources: sourcesOf(asked, make),
    counts: countsOf(asked, make),
    judge: new Judge(builder.build(), cache),
    readsBody: asked.some(({ target }) => target.variable.name === 'REQUEST_BODY'),
    assigns: steps.some((step) => step.kind === 'assign'),
  };
}

export function setBit(bits: Uint32Array, place: number): void {
  bits[place >> 5] = (bits[place >> 5] as number) | (1 << (place & 31));
}

export function hasBit(bits: Uint32Array, place: number): boolean {
  return (((bits[place >> 5] as number) >>> (place & 31)) & 1) === 1;
}

/** Every link whose answer depends on nothing but values that do not change within the phase, and on what is known of TX. */
function judgeable(link: CompiledLink, known: Known): Operator | undefined {
  if (link.targets.length === 0 || link.targets.some(({ variable }) => variable.slot === undefined)) return undefined;
  return link.argument === undefined ? link.operator : link.withKnown?.(known);
}

/** When a link matches, something stays even if the chain breaks after it. */
function leavesTrace({ effects, capture }: CompiledLink): boolean {
  return capture || effects.length > 0;
}

function sourcesOf(asked: readonly Asked[], make: (asked: readonly Asked[]) => Profile): Source[] {
  const byVariable = new Map<Variable, Asked[]>();
  for (const one of asked) {
    if (one.target.count) continue;
    const list = byVariable.get(one.target.variable);
    if (list === undefined) byVariable.set(one.target.variable, [one]);
    else list.push(one);
  }
  return [...byVariable].map(([variable, list]) => new Source(variable, list, make));
}

/** Targets that are written alike, with the same exclusions, have the same number. */
function countsOf(asked: readonly Asked[], make: (asked: readonly Asked[]) => Profile): Count[] {
  const byText = new Map<string, Asked[]>();
  for (const one of asked) {
    if (!one.target.count) continue;
    const list = byText.get(one.target.text);
    if (list === undefined) byText.set(one.target.text, [one]);
    else list.push(one);
  }
  return [...byText.values()].flatMap((list) =>
    list[0] === undefined ? [] : [{ target: list[0].target, profile: make(list) }],
  );
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
