import type { ActionNode } from '../language/ast.ts';
import { lowerCase } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import type { CompileContext } from './context.ts';
import type { Effect } from './program.ts';
import type { Template } from './template.ts';

const COLLECTIONS: ReadonlySet<string> = new Set(['tx', 'ip', 'global', 'session', 'user', 'resource']);

/** TX names whose increments are the anomaly points of a match: CRS 4's and CRS 3's, each with its paranoia level. */
const POINTS = /^(?:(?:in|out)bound_)?anomaly_score_pl[1-4]$/;

interface Assignment {
  readonly collection: string;
  readonly name: Template;
  readonly operation: 'set' | 'add' | 'subtract' | 'remove';
  readonly value: Template;
}

/** `tx.a=1`, `tx.a=+%{tx.b}`, `ip.c=-1`, `!tx.a`, `tx.a`. */
export function compileSetvar(action: ActionNode, context: CompileContext): Effect | undefined {
  const assignment = parseAssignment(action, context);
  if (assignment === undefined) return undefined;
  if (assignment.collection !== 'tx') return assignPersistent(assignment);
  const { name, value } = assignment;
  return Object.assign(assignTx(assignment), { assigns: { name, value } });
}

function parseAssignment(action: ActionNode, context: CompileContext): Assignment | undefined {
  const match = /^\s*(!?)\s*([A-Za-z]+)[.:]([^=]+?)\s*(?:=([^]*))?$/.exec(action.value ?? '');
  const collection = (match?.[2] ?? '').toLowerCase();
  if (match === null) {
    context.complaints.error({
      code: 'bad-setvar',
      at: action.at,
      text: `"${(action.value ?? '').slice(0, 60)}" is no assignment`,
      hint: 'write setvar:tx.name=value, =+value, =-value, or setvar:!tx.name',
    });
    return undefined;
  }
  if (!COLLECTIONS.has(collection)) {
    context.complaints.unknown('unknown-collection', action.at, 'collection', collection, COLLECTIONS);
    return undefined;
  }
  const value = (match[4] ?? '1').replace(/^'([^]*)'$/, '$1');
  const sign = value[0];
  const counted = match[4] !== undefined && (sign === '+' || sign === '-');
  const set = sign === '-' ? 'subtract' : 'add';
  return {
    collection,
    name: context.template(match[3] ?? '', action.at),
    operation: match[1] === '!' ? 'remove' : counted ? set : 'set',
    value: context.template(counted ? value.slice(1) : value, action.at),
  };
}

function assignTx({ name, operation, value }: Assignment): (run: Run) => void {
  const constantName = name.constant === undefined ? undefined : lowerCase(name.constant);
  const nameOf = (run: Run): string => constantName ?? lowerCase(name.evaluate(run));
  switch (operation) {
    case 'remove':
      return (run) => {
        run.tx.delete(nameOf(run));
        run.observer?.effect('setvar', `TX:${name.evaluate(run)} removed`);
      };
    case 'set':
      return (run) => {
        const now = value.evaluate(run);
        run.tx.set(nameOf(run), now);
        run.observer?.effect('setvar', `TX:${name.evaluate(run)} with value: ${now}`);
      };
    case 'add':
    case 'subtract': {
      const factor = operation === 'add' ? 1 : -1;
      const points = constantName !== undefined && POINTS.test(constantName);
      return (run) => {
        const by = factor * numberOf(value.evaluate(run));
        const key = nameOf(run);
        const now = String(numberOf(run.tx.get(key) ?? '') + by);
        run.tx.set(key, now);
        run.observer?.effect('setvar', `TX:${name.evaluate(run)} with value: ${now}`);
        if (points) run.scoreAdded += by;
      };
    }
    default:
      return operation satisfies never;
  }
}

function assignPersistent({ collection, name, operation, value }: Assignment): Effect {
  return (run) => {
    const key = lowerCase(name.evaluate(run));
    if (operation === 'remove') run.persistent.remove(collection, key);
    else if (operation === 'set') run.persistent.set(collection, key, value.evaluate(run));
    else run.persistent.add(collection, key, numberOf(value.evaluate(run)) * (operation === 'add' ? 1 : -1));
    if (run.observer !== undefined) {
      const now = run.persistent.item(collection, key)?.value;
      const told = now === undefined ? 'removed' : `with value: ${now}`;
      run.observer.effect('setvar', `${collection.toUpperCase()}:${name.evaluate(run)} ${told}`);
    }
  };
}

/** As C's atoi: what is no number counts 0. */
export function numberOf(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isNaN(value) ? 0 : value;
}

/** `expirevar:ip.name=600`. */
export function compileExpirevar(action: ActionNode, context: CompileContext): Effect | undefined {
  const match = /^\s*([A-Za-z]+)[.:]([^=]+?)\s*=\s*([^]+)$/.exec(action.value ?? '');
  const collection = (match?.[1] ?? '').toLowerCase();
  if (match === null || !COLLECTIONS.has(collection)) {
    context.complaints.error({
      code: 'bad-expirevar',
      at: action.at,
      text: `"${(action.value ?? '').slice(0, 60)}" is no expiry`,
      hint: 'write expirevar:collection.name=seconds',
    });
    return undefined;
  }
  const name = context.template(match[2] ?? '', action.at);
  const seconds = context.template((match[3] ?? '').replace(/^'([^]*)'$/, '$1'), action.at);
  // A transaction is over before anything in TX could expire.
  if (collection === 'tx') return () => {};
  return (run) => {
    const key = name.evaluate(run);
    const after = numberOf(seconds.evaluate(run));
    run.persistent.expire(collection, lowerCase(key), after);
    run.observer?.effect('expirevar', `${collection.toUpperCase()}:${key} after ${after} s`);
  };
}
