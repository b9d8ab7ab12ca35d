import type { Phase } from '../compile/program.ts';
import { countOf, isOver, runRules, tryRule } from '../transaction/evaluate.ts';
import { Item } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import { hasBit, setBit, type PhasePlan } from './phase-plan.ts';

/**
 * Runs the rules of a phase: those that the plan says can match. As soon as a rule does what the plan did not foresee (writes a name of
 * TX that settled rules read, removes rules, turns the engine, skips over something settled), the rest of the transaction runs rule by
 * rule; the judgement of values holds on, because nothing can make more values.
 */
export function runPhase(run: Run, phase: Phase): void {
  const plan = run.plan?.phases[phase];
  const asForeseen = plan !== undefined && run.asForeseen && phasesAsForeseen(run, phase);
  run.phasesRun |= 1 << phase;
  if (plan === undefined || isOver(run, phase)) {
    runRules(run, phase);
    return;
  }
  judge(run, plan);
  if (run.exhausted) {
    if (run.decision.kind === 'continue') run.decision = { kind: 'overBudget' };
    return;
  }
  if (asForeseen) {
    runSteps(run, phase, plan);
  } else {
    run.asForeseen = false;
    runRules(run, phase, 0, cannotMatch(plan));
  }
}

/** Each phase before this one ran once, or assigns nothing; this one did not run before, or assigns nothing. */
function phasesAsForeseen({ plan, phasesRun }: Run, phase: Phase): boolean {
  for (let before = 1; before < phase; before++) {
    if (plan?.phases[before]?.assigns === true && (phasesRun & (1 << before)) === 0) return false;
  }
  return plan?.phases[phase]?.assigns !== true || (phasesRun & (1 << phase)) === 0;
}

/** Marks the steps that some value can make match. */
function judge(run: Run, { sources, counts, judge, always, wanted }: PhasePlan): void {
  wanted.set(always);
  for (const source of sources) {
    for (const item of run.read(source.variable)) {
      const { marks, work } = judge.verdict(source.profileOf(item), item);
      run.spend(work);
      for (const mark of marks) setBit(wanted, mark);
      if (run.exhausted) return;
    }
  }
  for (const { target, profile } of counts) {
    const { marks, work } = judge.verdict(profile, numberItem(countOf(run, target)));
    run.spend(work);
    for (const mark of marks) setBit(wanted, mark);
  }
}

const SMALL_NUMBERS = Array.from({ length: 64 }, (_, number) => new Item('', String(number)));

function numberItem(number: number): Item {
  return SMALL_NUMBERS[number] ?? new Item('', String(number));
}

function runSteps(run: Run, phase: Phase, plan: PhasePlan): void {
  const { steps, wanted } = plan;
  const { forceBodyVariable, processor } = run.request;
  const { engine } = run;
  for (let place = nextBit(wanted, 0); place < steps.length; place = nextBit(wanted, place + 1)) {
    const step = steps[place];
    if (step === undefined) return;
    if (step.kind === 'assign') {
      run.tx.settle(step.name, step.value);
      continue;
    }
    if (!needsMet(step.needs, wanted)) continue;
    const matched = tryRule(run, step.rule);
    if (run.exhausted) {
      // After a disruption the decision stands: the request is refused anyway.
      if (run.decision.kind === 'continue') run.decision = { kind: 'overBudget' };
      return;
    }
    const bodyChanged =
      plan.readsBody && (run.request.forceBodyVariable !== forceBodyVariable || run.request.processor !== processor);
    if (
      isUnforeseen(run, engine) ||
      bodyChanged ||
      (matched && step.rule.skipTo !== undefined && step.jump === undefined)
    ) {
      const from = matched && step.rule.skipTo !== undefined ? step.rule.skipTo : step.position + 1;
      leavePlan(run, phase, plan, from, bodyChanged);
      return;
    }
    if (!matched) continue;
    if (isOver(run, phase)) return;
    if (step.jump !== undefined) place = step.jump - 1;
  }
}

function isUnforeseen(run: Run, engine: Run['engine']): boolean {
  return run.tx.unsettled || run.removedRules !== undefined || run.engine !== engine;
}

function leavePlan(run: Run, phase: Phase, plan: PhasePlan, from: number, bodyChanged: boolean): void {
  run.asForeseen = false;
  if (isOver(run, phase)) return;
  // The values that were judged are not the values any more.
  if (bodyChanged) run.forget();
  runRules(run, phase, from, bodyChanged ? undefined : cannotMatch(plan));
}

function needsMet(needs: readonly number[], wanted: Uint32Array): boolean {
  for (const mark of needs) if (!hasBit(wanted, mark)) return false;
  return true;
}

/** By position: no values were found that the rule could match. */
function cannotMatch({ places, steps, wanted }: PhasePlan): (position: number) => boolean {
  return (position) => {
    const place = places[position] ?? -1;
    const step = steps[place];
    if (step === undefined || step.kind === 'assign' || step.settled) return false;
    return !hasBit(wanted, place) || !needsMet(step.needs, wanted);
  };
}

/** The first bit from `place` on; a number beyond all bits when there is none. */
function nextBit(bits: Uint32Array, place: number): number {
  let word = place >> 5;
  let rest = ((bits[word] ?? 0) >>> (place & 31)) << (place & 31);
  while (rest === 0) {
    word++;
    if (word >= bits.length) return bits.length * 32;
    rest = bits[word] ?? 0;
  }
  return word * 32 + 31 - Math.clz32(rest & -rest);
}
