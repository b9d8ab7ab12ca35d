import type { Action, ActionState, Outcome } from '@seawall/contract';
import { fault } from './fault-table.ts';

// The life of an action. Each step is one function, from the states in the table to the one it leads to:
//
//   planned ─refuse─▶ refused
//   planned ─start──▶ running ─activate─▶ active ─beginUndo─▶ undoing ─endUndo─▶ undone | expired
//                     running ─finish───▶ done
//   planned, running, undoing ─fail─▶ failed;  running, failed ─beginUndo─▶ undoing
//
// Invariants: refused, done, undone and expired are final; whoever is unsure (a restart in the middle) repeats the step
// that the state names, because carrying out is made single by action id; `updatedMicros` never goes back.

export type Step = 'refuse' | 'start' | 'activate' | 'finish' | 'fail' | 'beginUndo' | 'endUndo' | 'endExpiry';

export const LIFE_CYCLE: Readonly<Record<Step, { readonly from: readonly ActionState[]; readonly to: ActionState }>> = {
  refuse: { from: ['planned'], to: 'refused' },
  start: { from: ['planned'], to: 'running' },
  activate: { from: ['running'], to: 'active' },
  finish: { from: ['running'], to: 'done' },
  fail: { from: ['planned', 'running', 'undoing'], to: 'failed' },
  // From failed: half of it may be in force, so undoing is offered again.
  beginUndo: { from: ['running', 'active', 'failed'], to: 'undoing' },
  endUndo: { from: ['undoing'], to: 'undone' },
  endExpiry: { from: ['undoing'], to: 'expired' },
};

/** Who takes an action back when its time is over. */
export const EXPIRY = 'expiry';

/** Nothing is left to be done for these. */
export function isFinal(state: ActionState): boolean {
  return ['refused', 'done', 'failed', 'undone', 'expired'].includes(state);
}

/** The action has, or may have, an effect on the world: no second one may be put on the same target. */
export function inForce(state: ActionState): boolean {
  return state === 'planned' || state === 'running' || state === 'active' || state === 'undoing';
}

export function can(step: Step, state: ActionState): boolean {
  return LIFE_CYCLE[step].from.includes(state);
}

function take(step: Step, action: Action, nowMicros: number): Action {
  if (!can(step, action.state)) throw fault('respond.step-not-allowed', { step, state: action.state });
  return { ...action, state: LIFE_CYCLE[step].to, updatedMicros: Math.max(nowMicros, action.updatedMicros) };
}

export function refuse(action: Action, nowMicros: number): Action {
  return take('refuse', action, nowMicros);
}

export function start(action: Action, nowMicros: number): Action {
  return take('start', action, nowMicros);
}

/** It is in force, and its time runs from now. */
export function activate(action: Action, outcome: Outcome): Action {
  return { ...take('activate', action, outcome.timeMicros), outcome };
}

export function finish(action: Action, outcome: Outcome): Action {
  return { ...take('finish', action, outcome.timeMicros), outcome };
}

export function fail(action: Action, outcome: Outcome): Action {
  return { ...take('fail', action, outcome.timeMicros), outcome };
}

export function beginUndo(action: Action, by: string, nowMicros: number): Action {
  return { ...take('beginUndo', action, nowMicros), undoneBy: by };
}

export function endUndo(action: Action, outcome: Outcome): Action {
  const step = action.undoneBy === EXPIRY ? 'endExpiry' : 'endUndo';
  return { ...take(step, action, outcome.timeMicros), outcome };
}

/** The time of an action that is in force is over. */
export function isDue(action: Action, nowMicros: number): boolean {
  if (action.expiresMicros === undefined || action.expiresMicros > nowMicros) return false;
  return action.state === 'active' || action.state === 'running';
}
