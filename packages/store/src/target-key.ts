import { sourceKey, type ActionTarget } from '@seawall/contract';

/** One string per target of an action, so that two actions on the same thing are found. */
export function targetKey(target: ActionTarget): string {
  switch (target.kind) {
    case 'source':
      return `source:${sourceKey(target.source)}`;
    case 'account':
      return `account:${target.service}:${target.account}`;
    case 'workload': {
      const { cluster, namespace, service, workload, instance } = target.workload;
      return `workload:${[cluster, namespace, service, workload, instance?.name ?? ''].join('/')}`;
    }
    default:
      return target satisfies never;
  }
}
