import type { ActionNode } from '../language/ast.ts';
import type { CompileContext } from './context.ts';
import { compileCtl } from './ctl.ts';
import type { Effect } from './program.ts';
import { compileExpirevar, compileSetvar } from './setvar.ts';

const PERSISTENT: ReadonlySet<string> = new Set(['ip', 'global', 'session', 'user', 'resource']);

/** The non-disruptive actions of a rule, in order. */
export function compileEffects(actions: readonly ActionNode[], context: CompileContext): Effect[] {
  return actions.flatMap((action) => compileEffect(action, context) ?? []);
}

function compileEffect(action: ActionNode, context: CompileContext): Effect | undefined {
  switch (action.name.toLowerCase()) {
    case 'setvar':
      return compileSetvar(action, context);
    case 'expirevar':
      return compileExpirevar(action, context);
    case 'ctl':
      return compileCtl(action, context);
    case 'initcol':
      return initcol(action, context);
    case 'setsid': {
      const key = context.template(action.value ?? '', action.at);
      return (run) => {
        run.persistent.sessionId = key.evaluate(run);
        run.persistent.open('session', run.persistent.sessionId);
      };
    }
    case 'setuid': {
      const key = context.template(action.value ?? '', action.at);
      return (run) => {
        run.persistent.userId = key.evaluate(run);
        run.persistent.open('user', run.persistent.userId);
      };
    }
    case 'setrsc': {
      const key = context.template(action.value ?? '', action.at);
      return (run) => run.persistent.open('resource', key.evaluate(run));
    }
    default:
      return undefined;
  }
}

/** `initcol:ip=%{REMOTE_ADDR}`. */
function initcol(action: ActionNode, context: CompileContext): Effect | undefined {
  const match = /^\s*(\w+)\s*=\s*([^]+)$/.exec(action.value ?? '');
  const collection = (match?.[1] ?? '').toLowerCase();
  if (match === null || !PERSISTENT.has(collection)) {
    context.complaints.unknown('unknown-collection', action.at, 'persistent collection', collection, PERSISTENT);
    return undefined;
  }
  const key = context.template(match[2] ?? '', action.at);
  return (run) => run.persistent.open(collection, key.evaluate(run));
}
