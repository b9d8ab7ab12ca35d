import type { ApiName } from '@seawall/contract';
import { ActionRequest } from '@seawall/contract';
import { targetWords } from '@seawall/respond';

/** What a write is about, for the audit row. Bodies with passwords are never looked at. */
export function auditTarget(
  name: ApiName,
  call: { readonly params: unknown; readonly body: unknown },
): { readonly target: string; readonly detail: string } {
  const id = member(call.params, 'id');
  const reason = member(call.body, 'reason');
  switch (name) {
    case 'act':
    case 'previewAction': {
      const { kind, target, durationSeconds, dryRun } = ActionRequest.parse(call.body);
      const lasting = durationSeconds === undefined ? '' : ` for ${durationSeconds} s`;
      return { target: targetWords(target), detail: `${kind}${lasting}${dryRun ? ' (dry run)' : ''}: ${reason}` };
    }
    case 'setMode':
      return { target: member(call.body, 'route'), detail: member(call.body, 'mode') };
    case 'makeException': {
      const what = `${member(call.body, 'rule')} on ${member(call.body, 'target')}`;
      return { target: member(call.body, 'finding'), detail: `${what}: ${reason}` };
    }
    default:
      return { target: id, detail: reason };
  }
}

function member(value: unknown, key: string): string {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
  const found: unknown = Reflect.get(value, key);
  return typeof found === 'string' ? found.slice(0, 500) : '';
}
