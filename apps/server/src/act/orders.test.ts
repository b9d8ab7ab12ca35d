import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionState, type Action, type ActionId, type ActionKind, type ActionTarget } from '@seawall/contract';
import { DEFAULT_GUARDS } from '@seawall/respond';
import { SESSION, chatInstance } from '../testing/world.ts';
import { plannedAction } from './draft.ts';
import { ordersOf } from './orders.ts';

function made(kind: ActionKind, target: ActionTarget, change: Partial<Action> = {}): Action {
  const draft = { kind, target, actor: 'cli', reason: '', findings: [], dryRun: false, guards: DEFAULT_GUARDS };
  return { ...plannedAction(draft, []), ...change };
}

const source: ActionTarget = { kind: 'source', source: SESSION };
const account: ActionTarget = { kind: 'account', service: 'chat', account: 'bob' };
const instance: ActionTarget = { kind: 'workload', workload: chatInstance('chat-1') };
const none = () => [];

test('which states are in force at the gateways', () => {
  const inForce = (kind: ActionKind, target: ActionTarget, change: Partial<Action> = {}) =>
    ActionState.options.filter((state) => ordersOf([made(kind, target, { ...change, state })], none).length > 0);
  assert.deepEqual(inForce('divert', source), ['running', 'active']);
  assert.deepEqual(inForce('divert', source, { dryRun: true }), []);
  assert.deepEqual(inForce('pause', instance), ['running', 'active', 'undoing']);
  assert.deepEqual(inForce('pause', instance, { undoneBy: 'cli' }), ['running', 'active', 'undoing', 'failed']);
  assert.deepEqual(inForce('restart', source), []);
});

test('of two actions on one target the stronger is the order', () => {
  const weak = made('limit', source, { state: 'active' });
  const strong = made('divert', source, { state: 'running' });
  for (const open of [
    [weak, strong],
    [strong, weak],
  ]) {
    assert.deepEqual(
      ordersOf(open, none).map((order) => order.action),
      [strong.id],
    );
  }
});

test('an order names what the gateway needs', () => {
  const orders = ordersOf([made('limit', account, { state: 'active', expiresMicros: 5 })], () => ['127.0.0.7']);
  assert.deepEqual(orders, [
    {
      kind: 'account',
      action: orders[0]?.action as ActionId,
      service: 'chat',
      account: 'bob',
      what: 'limit',
      exceptAddresses: ['127.0.0.7'],
      expiresMicros: 5,
    },
  ]);
  const [cut] = ordersOf([made('quarantine', instance, { state: 'running' })], none);
  assert.equal(cut?.kind, 'cut');
  assert.equal(cut?.kind === 'cut' && cut.instance, 'chat-1');
});
