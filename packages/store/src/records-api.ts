import type {
  Action,
  ActionId,
  ActionKind,
  ActionState,
  AuditRow,
  DecoySession,
  DecoySessionId,
  DecoyStep,
  EventId,
  Exception,
  FindingId,
  FindingRow,
  Incident,
  IncidentId,
  Mode,
  Role,
  ServiceLikeness,
  Severity,
  Verdict,
} from '@seawall/contract';
import type { Page, PageRequest, Scope, TimeRange } from './page.ts';

// Configuration, people, audit, findings, incidents and actions: few rows, each dear. A promise that resolves means that
// the row is on disk, synced. Every rejection is a Fault of the table in faults.ts.

export interface FindingRecord {
  /** Id of the envelope: what makes a finding that was sent twice single. */
  readonly event: EventId;
  readonly scope?: Scope;
  readonly row: FindingRow;
}

export interface FindingFilter extends TimeRange {
  readonly service?: string | undefined;
  readonly family?: string | undefined;
  readonly verdict?: Verdict | undefined;
  readonly severity?: Severity | undefined;
  readonly detector?: FindingRow['finding']['detector'] | undefined;
  /** What `sourceKey` of the contract wrote. */
  readonly source?: string | undefined;
  readonly address?: string | undefined;
  readonly account?: string | undefined;
  readonly incident?: string | undefined;
}

export type FindingColumn =
  | 'family'
  | 'service'
  | 'verdict'
  | 'severity'
  | 'detector'
  | 'source'
  | 'address'
  | 'account'
  | 'rule'
  | 'incident';

export interface IncidentRecord {
  readonly scope?: Scope;
  readonly incident: Incident;
}

export interface IncidentFilter extends TimeRange {
  readonly state?: Incident['state'] | undefined;
  readonly service?: string | undefined;
  readonly source?: string | undefined;
}

export interface ActionFilter extends TimeRange {
  readonly state?: string | undefined;
  readonly incident?: string | undefined;
  readonly kind?: ActionKind | undefined;
  readonly playbook?: string | undefined;
  /** Key of a target as `targetKey` writes it. */
  readonly target?: string | undefined;
}

export interface ActionTransition {
  readonly id: ActionId;
  /** The writer loses, and gets false, when the stored state is none of these. */
  readonly from: readonly ActionState[];
  /** The whole action as it shall be; its id must be `id`. */
  readonly to: Action;
  /** Kept for undo. Absent: what is remembered already stays. */
  readonly remembered?: Readonly<Record<string, unknown>> | undefined;
}

export interface DecoyStepRecord {
  readonly event: EventId;
  readonly timeMicros: number;
  readonly scope?: Scope;
  readonly step: DecoyStep;
}

export interface User {
  readonly name: string;
  readonly role: Role;
  /** The whole encoded hash with its parameters; null until a password is set. */
  readonly passwordHash: string | null;
  readonly createdMicros: number;
}

export interface UserSession {
  /** SHA-256 of the session id, hex: the id itself is never stored. */
  readonly idHash: string;
  readonly user: string;
  readonly csrf: string;
  readonly createdMicros: number;
  readonly expiresMicros: number;
}

export interface OneTimeSecret {
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  /** What it opens, e.g. `sign-in`, `enrol`. */
  readonly purpose: string;
  readonly user: string;
  readonly createdMicros: number;
  readonly expiresMicros: number | null;
}

export interface LoginFailures {
  readonly failures: number;
  readonly accounts: number;
  readonly addresses: number;
}

export interface LoginFilter extends TimeRange {
  readonly service?: string | undefined;
  readonly account?: string | undefined;
  readonly address?: string | undefined;
  readonly source?: string | undefined;
}

export interface AuditEntry {
  readonly timeMicros: number;
  readonly actor: string;
  readonly what: string;
  readonly target: string;
  readonly detail: string;
}

export interface AuditVerdict {
  readonly ok: boolean;
  readonly rows: number;
  /** Sequence of the first row that does not follow from those before it. */
  readonly firstBroken: number | null;
}

export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

export interface DropCounts {
  readonly findings: number;
  readonly incidents: number;
  readonly actions: number;
  readonly decoySessions: number;
}

export interface FindingRecords {
  /** Those of the ids that no finding has yet: what a batch that was sent again may still add. */
  unseenEvents(ids: readonly EventId[]): Promise<readonly EventId[]>;
  /** Stores findings and the incidents they changed in one transaction. Answers the events that were new. */
  commitFindings(batch: {
    readonly findings: readonly FindingRecord[];
    readonly incidents?: readonly IncidentRecord[];
  }): Promise<readonly EventId[]>;
  assignIncident(findings: readonly FindingId[], incident: IncidentId): Promise<void>;
  /** With its evidence. */
  getFinding(id: string): Promise<FindingRow | undefined>;
  /** Newest first, without evidence. */
  pageFindings(filter: FindingFilter, page: PageRequest): Promise<Page<FindingRow>>;
  countFindings(filter: FindingFilter): Promise<number>;
  /** Most frequent first; rows without a value are left out. */
  groupFindings(by: FindingColumn, filter: FindingFilter, limit: number): Promise<readonly ValueCount[]>;
}

export interface IncidentRecords {
  putIncident(record: IncidentRecord): Promise<void>;
  getIncident(id: string): Promise<Incident | undefined>;
  /** Newest `lastMicros` first; the range is over `lastMicros`. */
  pageIncidents(filter: IncidentFilter, page: PageRequest): Promise<Page<Incident>>;
  countIncidents(filter: IncidentFilter): Promise<number>;
  /** The newest that is not closed, of this source (null: of none) against this service, last seen at or after `sinceMicros`. */
  openIncident(source: string | null, service: string, sinceMicros: number): Promise<Incident | undefined>;
}

export interface ActionRecords {
  /** Keeps the intent before anything is done. Rejects with `store.exists` when the id is known. */
  insertAction(action: Action): Promise<void>;
  /** False, and nothing stored, when an action of this kind on this target is planned, running, active or undoing. */
  insertActionUnlessOpen(action: Action): Promise<boolean>;
  /** Compare and set: of two writers one gets true. Rejects with `store.missing` when there is no such action. */
  transitionAction(transition: ActionTransition): Promise<boolean>;
  getAction(id: string): Promise<Action | undefined>;
  remembered(id: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Newest first. */
  pageActions(filter: ActionFilter, page: PageRequest): Promise<Page<Action>>;
  countActions(filter: ActionFilter): Promise<number>;
  /** planned, running, active, undoing: what a start must look at again. Oldest first. */
  openActions(): Promise<readonly Action[]>;
  activeActions(): Promise<readonly Action[]>;
  actionsOfIncident(incident: string): Promise<readonly Action[]>;
  actionsOfFinding(finding: string): Promise<readonly Action[]>;
}

export interface DecoyRecords {
  /** Makes or extends the sessions that the steps belong to. Answers the events that were new. */
  addDecoySteps(steps: readonly DecoyStepRecord[]): Promise<readonly EventId[]>;
  /** Newest `lastMicros` first. */
  pageDecoySessions(page: PageRequest): Promise<Page<DecoySession>>;
  /** The first 1,000 steps, oldest first. */
  getDecoySession(id: string): Promise<
    | {
        readonly session: DecoySession;
        readonly steps: readonly { readonly timeMicros: number; readonly step: DecoyStep }[];
      }
    | undefined
  >;
  decoySessionsOfSource(source: string, range: TimeRange): Promise<readonly DecoySession[]>;
  decoySession(source: string, service: string): Promise<DecoySessionId | undefined>;
}

export interface PeopleRecords {
  countUsers(): Promise<number>;
  /** Rejects with `store.exists` when the name is taken. */
  addUser(user: User): Promise<void>;
  getUser(name: string): Promise<User | undefined>;
  listUsers(): Promise<readonly User[]>;
  /** False when there is no such user. */
  setPassword(name: string, passwordHash: string): Promise<boolean>;
  addSession(session: UserSession): Promise<void>;
  /** Undefined when unknown or expired at `nowMicros`. */
  getSession(idHash: string, nowMicros: number): Promise<(UserSession & { readonly role: Role }) | undefined>;
  removeSession(idHash: string): Promise<void>;
  /** After a change of password; `exceptIdHash` stays. */
  removeSessionsOf(user: string, exceptIdHash?: string): Promise<number>;
  addSecret(secret: OneTimeSecret): Promise<void>;
  /** Single use: of two callers one gets it. Undefined when unknown, used, of another purpose or expired. */
  takeSecret(hash: string, purpose: string, nowMicros: number): Promise<OneTimeSecret | undefined>;
  removeSecrets(purpose: string): Promise<number>;
}

export interface LoginRecords {
  /** A successful log-in. Bounded: the newest 32 addresses of an account, the newest 100,000 in all. */
  rememberLogins(
    logins: readonly {
      readonly service: string;
      readonly account: string;
      readonly address: string;
      readonly timeMicros: number;
    }[],
  ): Promise<void>;
  /** Newest first. */
  knownAddresses(service: string, account: string): Promise<readonly string[]>;
  /** Counted from the findings of detector `login`. */
  loginFailures(filter: LoginFilter): Promise<LoginFailures>;
}

export interface SettingRecords {
  addException(exception: Exception): Promise<void>;
  getException(id: string): Promise<Exception | undefined>;
  /** Newest first; expired ones too, unless `validAtMicros` is given. */
  listExceptions(validAtMicros?: number): Promise<readonly Exception[]>;
  removeException(id: string): Promise<boolean>;
  /** Values are JSON. */
  getSetting(key: string): Promise<unknown>;
  putSetting(key: string, value: unknown): Promise<void>;
  removeSetting(key: string): Promise<void>;
  /** Modes that somebody chose instead of the file's, by route. */
  modeOverrides(): Promise<Readonly<Record<string, Mode>>>;
  /** Null takes the choice back. */
  setModeOverride(route: string, mode: Mode | null): Promise<void>;
  putLikeness(likeness: ServiceLikeness, scope?: Scope): Promise<void>;
  listLikeness(): Promise<readonly ServiceLikeness[]>;
}

export interface AuditRecords {
  appendAudit(entry: AuditEntry): Promise<AuditRow>;
  /** Newest first. */
  pageAudit(page: PageRequest): Promise<Page<AuditRow>>;
  verifyAudit(): Promise<AuditVerdict>;
}

export interface RetentionRecords {
  /**
   * Drops findings, closed or silent incidents, final actions and decoy sessions older than this, in slices that do not
   * hold up writers. Audit rows stay: the chain is only worth something whole.
   */
  dropBefore(micros: number): Promise<DropCounts>;
  sizeBytes(): Promise<number>;
}

export interface Records
  extends
    FindingRecords,
    IncidentRecords,
    ActionRecords,
    DecoyRecords,
    PeopleRecords,
    LoginRecords,
    SettingRecords,
    AuditRecords,
    RetentionRecords {}
