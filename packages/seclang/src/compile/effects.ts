import type { ActionNode } from '../language/ast.ts';
import type { Run } from '../transaction/run.ts';
import type { CompileContext } from './context.ts';
import { compileCtl } from './ctl.ts';
import type { Effect } from './program.ts';
import { compileExpirevar, compileSetvar } from './setvar.ts';

const PERSISTENT: ReadonlySet<string> = new Set(['ip', 'global', 'session', 'user', 'resource']);

const OF_APPLICATION: ReadonlySet<string> = new Set(['session', 'user', 'resource']);

/** The non-disruptive actions of a rule, in order. */
export function compileEffects(actions: readonly ActionNode[], context: CompileContext): Effect[] {
  return actions.flatMap((action) => {
    const effect = compileEffect(action, context);
    return effect === undefined ? [] : Object.assign(effect, { text: action.value ?? '' });
  });
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
        open(run, 'session', run.persistent.sessionId);
      };
    }
    case 'setuid': {
      const key = context.template(action.value ?? '', action.at);
      return (run) => {
        run.persistent.userId = key.evaluate(run);
        open(run, 'user', run.persistent.userId);
      };
    }
    case 'setrsc': {
      const key = context.template(action.value ?? '', action.at);
      return (run) => open(run, 'resource', key.evaluate(run));
    }
    case 'setenv':
      return setenv(action, context);
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
  return (run) => open(run, collection, key.evaluate(run));
}

function open(run: Run, collection: string, key: string): void {
  // As in ModSecurity: applications of one gateway have their own sessions, users and resources.
  const { webAppId } = run.program.settings;
  const apart = webAppId !== '' && OF_APPLICATION.has(collection);
  run.persistent.open(collection, apart ? `${webAppId}::${key}` : key);
  run.observer?.effect('initcol', `${collection}=${key}${apart ? ` of ${webAppId}` : ''}`);
}

/** `setenv:name=value`: rules see it in ENV for the rest of the transaction; no process does. */
function setenv(action: ActionNode, context: CompileContext): Effect | undefined {
  const match = /^\s*([^=]+?)\s*(?:=([^]*))?$/.exec(action.value ?? '');
  if (match === null) {
    context.complaints.error({
      code: 'bad-action-value',
      at: action.at,
      text: 'setenv needs a name',
      hint: 'write setenv:name=value',
    });
    return undefined;
  }
  const name = context.template(match[1] ?? '', action.at);
  const value = context.template((match[2] ?? '').replace(/^'([^]*)'$/, '$1'), action.at);
  return (run) => {
    const key = name.evaluate(run);
    const now = value.evaluate(run);
    run.setEnvironmentVariable(key, now);
    run.observer?.effect('setenv', `${key} to ${now}`);
  };
}
