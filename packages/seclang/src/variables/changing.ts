import { Item, NO_ITEMS } from '../transaction/item.ts';
import { collection, single } from './define.ts';
import type { Variable } from './variable.ts';

export const PERSISTENT_COLLECTIONS = ['IP', 'GLOBAL', 'SESSION', 'USER', 'RESOURCE'] as const;

function persistent(name: string): Variable {
  const collection = name.toLowerCase();
  return {
    name,
    kind: 'collection',
    read: (run) => run.persistent.items(collection),
    readOne: (run, key) => run.persistent.item(collection, key),
  };
}

const TX: Variable = {
  name: 'TX',
  kind: 'collection',
  read: (run) => run.tx.items(),
  readMatching: (run, selector) => run.tx.matching(selector),
  readOne: (run, key) => run.tx.item(key),
};

const RULE: Variable = {
  name: 'RULE',
  kind: 'collection',
  read: (run) => ['id', 'msg', 'rev', 'severity', 'logdata', 'ver'].map((key) => new Item(key, run.ruleField(key))),
  readOne: (run, key) => new Item(key, run.ruleField(key)),
};

/** Values that rules change while they run; read anew each time. */
export const CHANGING_VARIABLES: readonly Variable[] = [
  TX,
  RULE,
  collection('ENV', (run) => [...run.environmentVariables].map(([name, value]) => new Item(name, value))),
  collection('GEO', (run) => run.geo),
  ...PERSISTENT_COLLECTIONS.map(persistent),
  single('MATCHED_VAR', (run) => run.lastMatched.value),
  single('MATCHED_VAR_NAME', (run) => run.lastMatched.name),
  collection('MATCHED_VARS', (run) =>
    run.matchedVars.length === 0 ? NO_ITEMS : run.matchedVars.map((hit) => new Item(hit.name, hit.value)),
  ),
  collection('MATCHED_VARS_NAMES', (run) =>
    run.matchedVars.length === 0 ? NO_ITEMS : run.matchedVars.map((hit) => new Item(hit.name, hit.name)),
  ),
  // ctl changes it, and rules after that in the same phase ask for it.
  single('REQBODY_PROCESSOR', (run) => run.request.processor),
  single('RULE_ENGINE', (run) => run.engine),
  single('HIGHEST_SEVERITY', (run) => String(run.highestSeverity)),
  single('USERID', (run) => run.persistent.userId),
  single('SESSIONID', (run) => run.persistent.sessionId),
];
