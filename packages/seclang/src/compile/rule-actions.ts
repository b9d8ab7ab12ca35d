import type { ActionNode, Position } from '../language/ast.ts';
import type { Complaints } from '../language/complaints.ts';

// The actions of one SecRule, sorted: what describes the rule, what decides, what steers, what it does for each match.

export interface RuleActions {
  id: number | undefined;
  phase: 1 | 2 | 3 | 4 | 5 | undefined;
  msg: ActionNode | undefined;
  logdata: ActionNode | undefined;
  severity: number | undefined;
  ver: string;
  rev: string;
  tags: ActionNode[];
  disruptive: ActionNode | undefined;
  status: number | undefined;
  log: boolean | undefined;
  /** `auditlog`, `noauditlog`. */
  audit: boolean | undefined;
  chain: boolean;
  skip: number | undefined;
  skipAfter: ActionNode | undefined;
  capture: boolean;
  multiMatch: boolean;
  /** In order, `none` included. */
  transformations: ActionNode[];
  /** setvar, ctl, initcol …: in order. */
  effects: ActionNode[];
}

export function noActions(): RuleActions {
  return {
    id: undefined,
    phase: undefined,
    msg: undefined,
    logdata: undefined,
    severity: undefined,
    ver: '',
    rev: '',
    tags: [],
    disruptive: undefined,
    status: undefined,
    log: undefined,
    audit: undefined,
    chain: false,
    skip: undefined,
    skipAfter: undefined,
    capture: false,
    multiMatch: false,
    transformations: [],
    effects: [],
  };
}

type Reader = (into: RuleActions, action: ActionNode, complaints: Complaints) => void;

const NOTHING: Reader = () => {};
const disruptive: Reader = (into, action) => {
  into.disruptive = action;
};
const effect: Reader = (into, action) => {
  into.effects.push(action);
};

function refused(instead: string): Reader {
  return (_into, action, complaints) => {
    complaints.error({
      code: 'refused-action',
      at: action.at,
      text: `"${action.name}" is not available here`,
      hint: instead,
    });
  };
}

const NO_PROGRAMS = 'rules may not run programs; use a playbook, which acts outside the request path';

/** By lower-case name. */
const ACTIONS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['id', (into, action, complaints) => (into.id = wholeNumber(action, complaints))],
  ['phase', (into, action, complaints) => (into.phase = phaseOf(action, complaints))],
  ['msg', (into, action) => (into.msg = action)],
  ['logdata', (into, action) => (into.logdata = action)],
  ['tag', (into, action) => into.tags.push(action)],
  ['severity', (into, action, complaints) => (into.severity = severityOf(action, complaints))],
  ['ver', (into, action) => (into.ver = action.value ?? '')],
  ['rev', (into, action) => (into.rev = action.value ?? '')],
  ['maturity', NOTHING],
  ['accuracy', NOTHING],
  ['status', (into, action, complaints) => (into.status = wholeNumber(action, complaints))],
  ['block', disruptive],
  ['deny', disruptive],
  ['pass', disruptive],
  ['allow', disruptive],
  ['drop', disruptive],
  ['redirect', disruptive],
  ['proxy', refused('send the route to another service in the gateway configuration')],
  ['pause', refused('slow a source with a tarpit playbook')],
  ['exec', refused(NO_PROGRAMS)],
  ['chain', (into) => (into.chain = true)],
  ['skip', (into, action, complaints) => (into.skip = wholeNumber(action, complaints))],
  ['skipafter', (into, action) => (into.skipAfter = action)],
  ['capture', (into) => (into.capture = true)],
  ['multimatch', (into) => (into.multiMatch = true)],
  ['log', (into) => (into.log = true)],
  ['nolog', (into) => (into.log = false)],
  ['auditlog', (into) => (into.audit = true)],
  ['noauditlog', (into) => (into.audit = false)],
  ['t', (into, action) => into.transformations.push(action)],
  ['setvar', effect],
  ['expirevar', effect],
  ['initcol', effect],
  ['setsid', effect],
  ['setuid', effect],
  ['setrsc', effect],
  ['ctl', effect],
  ['setenv', effect],
  ['deprecatevar', NOTHING],
  ['xmlns', (_into, action, complaints) => checkNamespace(action, complaints)],
  ['append', NOTHING],
  ['prepend', NOTHING],
  ...['arg', 'matched', 'matchedbytes', 'requestheader', 'responseheader'].flatMap((what): [string, Reader][] => [
    [`sanitise${what}`, NOTHING],
    [`sanitize${what}`, NOTHING],
  ]),
]);

/** In lower case. */
export const ACTION_NAMES: readonly string[] = [...ACTIONS.keys()];

const NEED_VALUE = new Set([
  'id',
  'phase',
  't',
  'setvar',
  'setenv',
  'ctl',
  'initcol',
  'skip',
  'skipafter',
  'expirevar',
  'status',
  'redirect',
]);

export function readActions(nodes: readonly ActionNode[], complaints: Complaints): RuleActions {
  const into = noActions();
  for (const node of nodes) addAction(into, node, complaints);
  return into;
}

/** `SecRuleUpdateActionById`: what a rule can have once is replaced, the rest is added; new transformations replace the old ones. */
export function updateActions(into: RuleActions, nodes: readonly ActionNode[], complaints: Complaints): void {
  if (nodes.some((node) => node.name.toLowerCase() === 't')) into.transformations = [];
  for (const node of nodes) {
    if (/^(?:id|phase|chain)$/i.test(node.name)) {
      complaints.error({
        code: 'bad-update',
        at: node.at,
        text: `"${node.name}" of a rule cannot be changed afterwards`,
      });
    } else {
      addAction(into, node, complaints);
    }
  }
}

function addAction(into: RuleActions, node: ActionNode, complaints: Complaints): void {
  const name = node.name.toLowerCase();
  const read = ACTIONS.get(name);
  if (read === undefined) {
    complaints.unknown('unknown-action', node.at, 'action', node.name, ACTIONS.keys());
  } else if (NEED_VALUE.has(name) && (node.value ?? '') === '') {
    complaints.error({
      code: 'action-needs-value',
      at: node.at,
      text: `"${node.name}" needs a value, as in ${node.name}:…`,
    });
  } else {
    read(into, node, complaints);
  }
}

/** `xmlns:soap='http://…'`. The XPath that is available here looks at local names, so it is only checked. */
function checkNamespace(action: ActionNode, complaints: Complaints): void {
  const [, prefix, address] = /^([^=]*)=\s*'?([^']*)'?$/.exec(action.value ?? '') ?? [];
  if (prefix !== undefined && prefix !== '' && address !== undefined && /^https?:\/\/./.test(address)) return;
  complaints.error({
    code: 'bad-xmlns',
    at: action.at,
    text: `"${(action.value ?? '').slice(0, 60)}" names no prefix with the address of its namespace`,
    hint: "write xmlns:prefix='http://…'",
  });
}

function wholeNumber(action: ActionNode, complaints: Complaints): number | undefined {
  if (/^\d{1,15}$/.test(action.value ?? '')) return Number(action.value);
  bad(action, action.at, 'a whole number', complaints);
  return undefined;
}

function bad(action: ActionNode, at: Position, wanted: string, complaints: Complaints): void {
  complaints.error({
    code: 'bad-action-value',
    at,
    text: `"${action.name}:${(action.value ?? '').slice(0, 60)}" is wrong: ${wanted} is expected`,
  });
}

const PHASES: Readonly<Record<string, 1 | 2 | 3 | 4 | 5>> = {
  '1': 1,
  '2': 2,
  '3': 3,
  '4': 4,
  '5': 5,
  request: 2,
  response: 4,
  logging: 5,
};

function phaseOf(action: ActionNode, complaints: Complaints): RuleActions['phase'] {
  const phase = PHASES[(action.value ?? '').toLowerCase()];
  if (phase === undefined) bad(action, action.at, '1 to 5, request, response or logging', complaints);
  return phase;
}

const SEVERITIES = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];

function severityOf(action: ActionNode, complaints: Complaints): number | undefined {
  const value = action.value ?? '';
  const severity = /^[0-7]$/.test(value) ? Number(value) : SEVERITIES.indexOf(value.toUpperCase());
  if (severity >= 0) return severity;
  bad(action, action.at, `0 to 7 or one of ${SEVERITIES.join(', ')}`, complaints);
  return undefined;
}
