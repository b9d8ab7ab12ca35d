import { GATEWAY_ACTIONS, type ActionKind, type ActionTarget, type GuardCheck } from '@seawall/contract';
import { instanceOf } from './describe.ts';
import type { GuardSettings } from './playbook.ts';

// Invariants:
// 1. Every guard that concerns an action is asked and its answer kept, also after one has refused.
// 2. What is not known counts against the action: an instance that nobody reports is not touched.
// 3. The last running instance of a service is never taken out of service, whatever the settings say.
// 4. Seawall's own actions together never take the whole service away: a restart of the last one waits for those it holds.
// 5. An address that clean sessions share is never blocked, limited or diverted: single sessions are.

export interface InstanceFacts {
  readonly instance: string;
  readonly running: boolean;
  /** An action of Seawall keeps it out of service. */
  readonly held?: boolean;
  /** Said by the orchestrator, e.g. through a label. */
  readonly protected: boolean;
}

/** What the world looks like at the moment of deciding. */
export interface GuardFacts {
  readonly kind: ActionKind;
  readonly target: ActionTarget;
  /** Instances of the target's service. */
  readonly instances: readonly InstanceFacts[];
  /** Actions of this playbook in the last minute. */
  readonly actionsInLastMinute: number;
  /** Other clean sessions seen from the address lately. */
  readonly bystanders: number;
  /** Log-ins that succeeded from the address lately. */
  readonly knownGood: number;
}

export function checkGuards(settings: GuardSettings, facts: GuardFacts): readonly GuardCheck[] {
  const checks: GuardCheck[] = [checkProtected(settings, facts)];
  if (settings.maxPerMinute !== undefined) checks.push(checkRate(settings.maxPerMinute, facts));
  const { target } = facts;
  if (target.kind === 'source' && target.source.kind === 'address') checks.push(...checkAddress(settings, facts));
  if (target.kind === 'workload') checks.push(...checkInstances(settings, facts));
  checks.push(checkFit(facts));
  return checks;
}

export function allowed(checks: readonly GuardCheck[]): boolean {
  return checks.every((check) => check.passed);
}

/** Gateway actions are for sources and accounts, the others for workloads. */
function checkFit({ kind, target }: GuardFacts): GuardCheck {
  const fits = GATEWAY_ACTIONS.includes(kind) === (target.kind !== 'workload');
  return { guard: 'fit', passed: fits, detail: fits ? `${kind} works on this target` : `${kind} does not work on it` };
}

function namesOf(target: ActionTarget): readonly string[] {
  switch (target.kind) {
    case 'source':
      return target.source.kind === 'address' ? [target.source.address] : [target.source.service];
    case 'account':
      return [target.service, target.account];
    case 'workload':
      return [target.workload.service, target.workload.workload, instanceOf(target)];
    default:
      return target satisfies never;
  }
}

function checkProtected(settings: GuardSettings, facts: GuardFacts): GuardCheck {
  const names = namesOf(facts.target);
  const listed = settings.protect.find((name) => name !== '' && names.includes(name));
  const marked = facts.instances.find((one) => one.protected && one.instance === instanceOf(facts.target));
  const name = listed ?? marked?.instance;
  return {
    guard: 'protected',
    passed: name === undefined,
    detail: name === undefined ? 'not on the protected list' : `${JSON.stringify(name)} is protected`,
  };
}

function checkRate(most: number, { actionsInLastMinute }: GuardFacts): GuardCheck {
  return {
    guard: 'rate',
    passed: actionsInLastMinute < most,
    detail: `${actionsInLastMinute} actions of it in the last minute, at most ${most}`,
  };
}

function checkAddress(settings: GuardSettings, { kind, bystanders, knownGood }: GuardFacts): GuardCheck[] {
  const checks = [
    {
      guard: 'bystanders',
      passed: bystanders <= settings.maxBystanders,
      detail: `${bystanders} other clean sessions share the address, at most ${settings.maxBystanders}`,
    },
  ];
  if (kind === 'divert') {
    checks.push({
      guard: 'known-good',
      passed: knownGood === 0,
      detail: knownGood === 0 ? 'nobody logged in from the address lately' : `${knownGood} log-ins succeeded from it`,
    });
  }
  return checks;
}

function checkInstances(settings: GuardSettings, facts: GuardFacts): GuardCheck[] {
  const name = instanceOf(facts.target);
  const known = facts.instances.some((one) => one.instance === name);
  const checks: GuardCheck[] = [
    {
      guard: 'known',
      passed: known,
      detail: known ? `${JSON.stringify(name)} is reported by a responder` : 'no responder reports such an instance',
    },
  ];
  const others = facts.instances.filter((one) => one.instance !== name);
  const running = others.filter((one) => one.running).length;
  // A restart is over in seconds, and is what is left for a service with one instance.
  if (facts.kind === 'restart') return [...checks, checkHeld(others, running)];
  checks.push({ guard: 'last-instance', passed: running > 0, detail: `${running} other instances are running` });
  if (settings.maxShareOfService !== undefined) {
    const total = facts.instances.length;
    const share = total === 0 ? 1 : (total - running) / total;
    checks.push({
      guard: 'share-of-service',
      passed: share <= settings.maxShareOfService,
      detail: `${total - running} of ${total} instances would be out of service, at most ${Math.round(settings.maxShareOfService * 100)} %`,
    });
  }
  return checks;
}

function checkHeld(others: readonly InstanceFacts[], running: number): GuardCheck {
  const held = others.filter((one) => one.held === true).map((one) => JSON.stringify(one.instance));
  const passed = running > 0 || held.length === 0;
  return {
    guard: 'last-instance',
    passed,
    detail: passed
      ? `${running} other instances are running`
      : `no other instance is running while Seawall keeps ${held.join(', ')} out of service`,
  };
}
