export {
  DEFAULT_GUARDS,
  atLeast,
  moreSevere,
  type GuardSettings,
  type Playbook,
  type Reaction,
  type Trigger,
} from './playbook.ts';
export { readPlaybooks, parseDuration, type PlaybookProblem, type ReadPlaybooks } from './read-playbooks.ts';
export {
  isStronger,
  makeResponder,
  targetKey,
  type Decision,
  type Responder,
  type ResponderEvent,
} from './responder.ts';
export { allowed, checkGuards, type GuardFacts, type InstanceFacts } from './guards.ts';
export {
  EXPIRY,
  LIFE_CYCLE,
  activate,
  beginUndo,
  can,
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
export {
  CORRELATION_WINDOW_MS,
  addFinding,
  belongs,
  correlationKey,
  openIncident,
  withActions,
  type Sighting,
} from './correlate.ts';
export {
  blastRadius,
  durationWords,
  familyWords,
  instanceOf,
  sourceWords,
  targetWords,
  undoWords,
  type BlastFacts,
} from './describe.ts';
export { RESPOND_FAULTS } from './fault-table.ts';
