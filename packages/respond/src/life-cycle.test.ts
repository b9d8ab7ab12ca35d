import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionState, uuidv7, type Action, type Outcome } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import fc from 'fast-check';
import {
  EXPIRY,
  LIFE_CYCLE,
  activate,
  beginUndo,
  endUndo,
  fail,
  finish,
  inForce,
  isDue,
  isFinal,
  refuse,
  start,
  type Step,
} from './life-cycle.ts';
import { SESSION } from './made-findings.ts';

function madeAction(state: ActionState): Action {
  return {
    id: uuidv7(0, new Uint8Array(10)),
    kind: 'divert',
    target: { kind: 'source', source: SESSION },
    cause: { actor: 'user:admin', findings: [], reason: '' },
    state,
    dryRun: false,
    guards: [],
    createdMicros: 1000,
    updatedMicros: 1000,
    expiresMicros: 5000,
    undo: '',
  };
}

const outcome = (timeMicros: number): Outcome => ({ verified: true, detail: '', timeMicros });
const STEPS: Readonly<Record<Step, (action: Action, now: number) => Action>> = {
  refuse,
  start,
  activate: (action, now) => activate(action, outcome(now)),
  finish: (action, now) => finish(action, outcome(now)),
  fail: (action, now) => fail(action, outcome(now)),
  beginUndo: (action, now) => beginUndo(action, 'user:admin', now),
  endUndo: (action, now) => endUndo(action, outcome(now)),
  endExpiry: (action, now) => endUndo({ ...action, undoneBy: EXPIRY }, outcome(now)),
};

test('each step leads from the states of the table to its own, and is refused from the others', () => {
  let allowedCount = 0;
  for (const step of Object.keys(LIFE_CYCLE) as Step[]) {
    for (const state of ActionState.options) {
      const take = () => STEPS[step](madeAction(state), 2000);
      if (LIFE_CYCLE[step].from.includes(state)) {
        allowedCount++;
        const after = take();
        assert.equal(after.state, LIFE_CYCLE[step].to);
        assert.equal(after.updatedMicros, 2000);
      } else {
        assert.throws(take, (error) => error instanceof Fault && error.code === 'respond.step-not-allowed');
      }
    }
  }
  assert.equal(allowedCount, 12);
});

test('every state is either in force or final', () => {
  for (const state of ActionState.options) assert.notEqual(inForce(state), isFinal(state), state);
});

test('expiry ends as expired, a person as undone', () => {
  const due = beginUndo(madeAction('active'), EXPIRY, 6000);
  assert.equal(endUndo(due, outcome(6001)).state, 'expired');
  assert.equal(endUndo(beginUndo(madeAction('active'), 'user:admin', 6000), outcome(6001)).state, 'undone');
});

test('an action that was put in force becomes due, whatever steps came before', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...(Object.keys(LIFE_CYCLE) as Step[])), { maxLength: 12 }), (steps) => {
      let action = madeAction('planned');
      let now = 1000;
      for (const step of steps) {
        now += 1;
        if (LIFE_CYCLE[step].from.includes(action.state)) action = STEPS[step](action, now);
      }
      if (action.state === 'active' || action.state === 'running') {
        assert.ok(!isDue(action, 4999));
        assert.ok(isDue(action, 5000));
      } else {
        assert.ok(!isDue(action, 1e9));
      }
    }),
  );
});

test('time does not go back', () => {
  assert.equal(start(madeAction('planned'), 10).updatedMicros, 1000);
});
