import { actionQuestions } from './action-questions.ts';
import { auditQuestions } from './audit-questions.ts';
import { decoyQuestions } from './decoy-questions.ts';
import { findingQuestions } from './finding-questions.ts';
import { incidentQuestions } from './incident-questions.ts';
import { loginQuestions } from './login-questions.ts';
import { peopleQuestions } from './people-questions.ts';
import type { Records } from './records-api.ts';
import type { RecordDb } from './records-schema.ts';
import { retentionQuestions, type RetentionQuestions } from './retention-questions.ts';
import { settingQuestions } from './setting-questions.ts';

export type RecordQuestions = Omit<Records, 'dropBefore' | 'sizeBytes'> & RetentionQuestions;

/** Each question must be asked within a transaction when it writes; `db` is that transaction. */
export function recordQuestions(db: RecordDb): RecordQuestions {
  return {
    ...findingQuestions(db),
    ...incidentQuestions(db),
    ...actionQuestions(db),
    ...decoyQuestions(db),
    ...peopleQuestions(db),
    ...loginQuestions(db),
    ...settingQuestions(db),
    ...auditQuestions(db),
    ...retentionQuestions(db),
  };
}

/** Complete by its type. A `read` may run outside a transaction. */
export const RECORD_METHODS: Readonly<Record<keyof RecordQuestions | 'sizeBytes', 'read' | 'write'>> = {
  unseenEvents: 'read',
  commitFindings: 'write',
  assignIncident: 'write',
  getFinding: 'read',
  pageFindings: 'read',
  countFindings: 'read',
  groupFindings: 'read',
  putIncident: 'write',
  getIncident: 'read',
  pageIncidents: 'read',
  countIncidents: 'read',
  openIncident: 'read',
  insertAction: 'write',
  insertActionUnlessOpen: 'write',
  transitionAction: 'write',
  getAction: 'read',
  remembered: 'read',
  pageActions: 'read',
  countActions: 'read',
  openActions: 'read',
  activeActions: 'read',
  actionsOfIncident: 'read',
  actionsOfFinding: 'read',
  addDecoySteps: 'write',
  pageDecoySessions: 'read',
  getDecoySession: 'read',
  decoySessionsOfSource: 'read',
  decoySession: 'read',
  countUsers: 'read',
  addUser: 'write',
  getUser: 'read',
  listUsers: 'read',
  setPassword: 'write',
  addSession: 'write',
  getSession: 'read',
  removeSession: 'write',
  removeSessionsOf: 'write',
  addSecret: 'write',
  takeSecret: 'write',
  removeSecrets: 'write',
  rememberLogins: 'write',
  knownAddresses: 'read',
  loginFailures: 'read',
  addException: 'write',
  getException: 'read',
  listExceptions: 'read',
  removeException: 'write',
  getSetting: 'read',
  putSetting: 'write',
  removeSetting: 'write',
  modeOverrides: 'read',
  setModeOverride: 'write',
  putLikeness: 'write',
  listLikeness: 'read',
  appendAudit: 'write',
  pageAudit: 'read',
  verifyAudit: 'read',
  dropSlice: 'write',
  removeExpired: 'write',
  sizeBytes: 'read',
};
