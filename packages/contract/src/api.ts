import { z } from 'zod';
import { Action, ActionKind, ActionTarget, GuardCheck } from './action.ts';
import { DecoyStep } from './decoy.ts';
import { InventoryItem, NodeHealth } from './envelope.ts';
import { Exchange } from './exchange.ts';
import { FindingExplanation } from './explanation.ts';
import { Finding, Severity, Verdict } from './finding.ts';
import { Incident, TimelineEntry } from './incident.ts';
import { DecoySessionId, FindingId } from './ids.ts';
import { Mode } from './policy.ts';
import { Source } from './source.ts';

// The API as data. The server registers exactly these routes, OpenAPI is printed from them, the client is typed by them,
// and a test fails on one without permission, or on a write without an audit name.

export const Role = z.enum(['viewer', 'operator', 'admin']);
export type Role = z.infer<typeof Role>;

/** `public` needs no session. Each of the others includes those before it. */
export const Permission = z.enum(['public', 'read', 'act', 'configure']);
export type Permission = z.infer<typeof Permission>;
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['public', 'read'],
  operator: ['public', 'read', 'act'],
  admin: ['public', 'read', 'act', 'configure'],
};

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v1`; `:name` marks a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly permission: Permission;
  /** Name of the audit row; every route that is not a GET has one. */
  readonly audit?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** `events` answers with server-sent events whose data are `answer`. */
  readonly kind?: 'events';
}

/** RFC 9457. `code` is the fault's code; `request` finds the log line. */
export const ProblemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  request: z.string(),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type ProblemDetails = z.infer<typeof ProblemDetails>;

const page = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row), next: z.string().nullable() });
const cursor = {
  cursor: z.string().max(200).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
};
/** Time range in milliseconds UTC since 1970. */
const range = { from: z.coerce.number().int().optional(), to: z.coerce.number().int().optional() };

export const Session = z.object({
  user: z.string(),
  role: Role,
  /** Sent back in the header `x-csrf-token` with every write. */
  csrf: z.string(),
  hasPassword: z.boolean(),
});
export type Session = z.infer<typeof Session>;

/** `protected`: a gateway with the newest policy in mode protect stands before it. Unknown is as red as unprotected. */
export const ServiceState = z.object({
  service: z.string(),
  protection: z.enum(['protected', 'monitored', 'off', 'unprotected', 'unknown']),
  reason: z.string(),
  instances: z.array(z.object({ instance: z.string(), state: z.string(), adapter: z.string() })),
  requestsPerSecond: z.number(),
});
export type ServiceState = z.infer<typeof ServiceState>;

export const SeriesPoint = z.object({
  /** Start of the bucket, milliseconds UTC. */
  timeMs: z.number().int(),
  passed: z.number(),
  noted: z.number(),
  limited: z.number(),
  blocked: z.number(),
  diverted: z.number(),
  failed: z.number(),
  p50Micros: z.number(),
  p99Micros: z.number(),
  bytes: z.number(),
});
export type SeriesPoint = z.infer<typeof SeriesPoint>;

export const Flow = z.object({
  from: z.string(),
  to: z.string(),
  requests: z.number(),
  blocked: z.number(),
  diverted: z.number(),
});
export type Flow = z.infer<typeof Flow>;

/** The messages that `next` steps use, each with the names of its values: a catalogue must have all of them. */
export const NEXT_STEP_MESSAGES = {
  'next.noGateway': [],
  'next.nodeSilent': ['node', 'role'],
  'next.policyNotHeld': ['node'],
  'next.serviceUnprotected': ['service'],
  'next.serviceOff': ['service'],
  'next.serviceMonitored': ['service'],
  'next.incidentGotThrough': ['title', 'findings', 'gotThrough'],
  'next.incidentOpen': ['title', 'findings', 'gotThrough'],
  'next.configProblems': ['count'],
  'next.adapterProblem': ['adapter', 'problem'],
  'next.setPassword': [],
} as const satisfies Record<string, readonly string[]>;
export type NextStepMessage = keyof typeof NEXT_STEP_MESSAGES;

export const NextStep = z.object({
  key: z.string(),
  /** Key of the message catalogue with its values, so that both languages can show it. */
  message: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  link: z.string(),
  severity: Severity,
});
export type NextStep = z.infer<typeof NextStep>;

export const Figure = z.object({ value: z.number(), before: z.number(), spark: z.array(z.number()) });
export type Figure = z.infer<typeof Figure>;

export const Overview = z.object({
  services: z.array(ServiceState),
  nodes: z.array(
    z.object({
      node: z.string(),
      role: z.string(),
      state: z.enum(['ok', 'stale', 'gone']),
      lastHeardMs: z.number(),
      policyCurrent: z.boolean(),
    }),
  ),
  /** Milliseconds from an event at the edge to its row in the store, median of the last minute; null without events. */
  pipelineDelayMs: z.number().nullable(),
  figures: z.object({
    requestsPerSecond: Figure,
    blockedPerMinute: Figure,
    divertedSources: Figure,
    openIncidents: Figure,
    addedLatencyMicrosP99: Figure,
  }),
  series: z.array(SeriesPoint),
  flows: z.array(Flow),
  next: z.array(NextStep).max(5),
  /** Newest first, at most 50. */
  events: z.array(z.lazy(() => LiveEvent)),
});
export type Overview = z.infer<typeof Overview>;

/** What the live stream carries, and the list on the Overview. */
export const LiveEvent = z.object({
  id: z.string(),
  timeMicros: z.number().int(),
  kind: z.enum(['finding', 'action', 'incident', 'decoy', 'node', 'mode']),
  severity: Severity,
  verdict: z.string(),
  title: z.string(),
  service: z.string(),
  source: z.string(),
  /** Address of the dashboard page, e.g. `/incidents/018f…`. */
  link: z.string(),
});
export type LiveEvent = z.infer<typeof LiveEvent>;

export const FindingRow = z.object({
  timeMicros: z.number().int(),
  node: z.string(),
  source: Source.optional(),
  service: z.string(),
  instance: z.string(),
  incident: z.string().nullable(),
  finding: Finding,
});
export type FindingRow = z.infer<typeof FindingRow>;

export const Exception = z.object({
  id: z.string(),
  rule: z.string(),
  target: z.string(),
  path: z.string(),
  route: z.string(),
  reason: z.string(),
  owner: z.string(),
  createdMicros: z.number().int(),
  expiresMicros: z.number().int().nullable(),
  /** The SecLang text that is in force. */
  text: z.string(),
});
export type Exception = z.infer<typeof Exception>;

export const DecoySession = z.object({
  id: DecoySessionId,
  source: Source,
  service: z.string(),
  firstMicros: z.number().int(),
  lastMicros: z.number().int(),
  steps: z.number().int(),
  learned: z.array(z.object({ kind: z.string(), text: z.string(), count: z.number().int() })),
});
export type DecoySession = z.infer<typeof DecoySession>;

export const Playbook = z.object({
  name: z.string(),
  enabled: z.boolean(),
  text: z.string(),
  file: z.string(),
  summary: z.string(),
});

export const RouteSettings = z.object({
  name: z.string(),
  host: z.string(),
  path: z.string(),
  service: z.string(),
  mode: Mode,
  /** The mode that the file says, when somebody chose another one here. */
  fileMode: Mode,
  ruleSet: z.string(),
});
export const Settings = z.object({
  routes: z.array(RouteSettings),
  ruleSets: z.array(z.object({ name: z.string(), rules: z.number().int(), version: z.string() })),
  playbooks: z.array(Playbook),
  exceptions: z.array(Exception),
  policy: z.object({
    version: z.number().int(),
    digest: z.string(),
    acknowledged: z.array(z.string()),
    problem: z.string().nullable(),
  }),
  dataFolder: z.string(),
  retentionDays: z.number(),
  /** Problems of the configuration files at their last reload; the old ones stay in force. */
  configProblems: z.array(z.string()),
});
export type Settings = z.infer<typeof Settings>;

export const AuditRow = z.object({
  sequence: z.number().int(),
  timeMicros: z.number().int(),
  actor: z.string(),
  what: z.string(),
  target: z.string(),
  detail: z.string(),
  /** SHA-256 over the row and the hash before it, hex. */
  hash: z.string(),
});
export type AuditRow = z.infer<typeof AuditRow>;

export const ActionRequest = z.object({
  kind: ActionKind,
  target: ActionTarget,
  reason: z.string().min(1).max(500),
  /** 10 s to 30 days. */
  durationSeconds: z.number().int().min(10).max(2_592_000).optional(),
  dryRun: z.boolean().default(false),
});
export type ActionRequest = z.infer<typeof ActionRequest>;

export const ActionPreview = z.object({
  guards: z.array(GuardCheck),
  allowed: z.boolean(),
  /** In words: who and what is hit. */
  blastRadius: z.array(z.string()),
  undo: z.string(),
});
export type ActionPreview = z.infer<typeof ActionPreview>;

const idParam = z.object({ id: z.string().max(100) });
const done = z.object({ ok: z.literal(true) });
const route = <const T extends ApiRoute>(value: T): T => value;

export const API = {
  signIn: route({
    method: 'POST',
    path: '/session',
    summary: 'Sign in with the one-time secret, or with user and password',
    permission: 'public',
    audit: 'session.open',
    body: z.union([
      z.object({ secret: z.string().max(200) }),
      z.object({ user: z.string().max(100), password: z.string().max(200) }),
    ]),
    answer: Session,
  }),
  session: route({ method: 'GET', path: '/session', summary: 'Who is signed in', permission: 'read', answer: Session }),
  signOut: route({
    method: 'DELETE',
    path: '/session',
    summary: 'Sign out',
    permission: 'read',
    audit: 'session.close',
    answer: done,
  }),
  setPassword: route({
    method: 'PUT',
    path: '/session/password',
    summary: 'Set the password of the signed-in user',
    permission: 'read',
    audit: 'user.password',
    body: z.object({ password: z.string().min(12).max(200) }),
    answer: done,
  }),
  overview: route({
    method: 'GET',
    path: '/overview',
    summary: 'Are we protected, and is anything burning?',
    permission: 'read',
    query: z.object({ ...range, service: z.string().optional() }),
    answer: Overview,
  }),
  events: route({
    method: 'GET',
    path: '/events',
    summary: 'Live events; resumes after the header last-event-id',
    permission: 'read',
    kind: 'events',
    answer: LiveEvent,
  }),
  incidents: route({
    method: 'GET',
    path: '/incidents',
    summary: 'Incidents, newest first',
    permission: 'read',
    query: z.object({
      ...cursor,
      ...range,
      state: z.enum(['open', 'contained', 'closed']).optional(),
      service: z.string().optional(),
      source: z.string().optional(),
    }),
    answer: page(Incident),
  }),
  incident: route({
    method: 'GET',
    path: '/incidents/:id',
    summary: 'One incident with its timeline',
    permission: 'read',
    params: idParam,
    answer: z.object({ incident: Incident, timeline: z.array(TimelineEntry) }),
  }),
  closeIncident: route({
    method: 'POST',
    path: '/incidents/:id/close',
    summary: 'Close an incident',
    permission: 'act',
    audit: 'incident.close',
    params: idParam,
    body: z.object({ reason: z.string().max(500) }),
    answer: done,
  }),
  findings: route({
    method: 'GET',
    path: '/findings',
    summary: 'Findings, newest first',
    permission: 'read',
    query: z.object({
      ...cursor,
      ...range,
      service: z.string().optional(),
      family: z.string().optional(),
      verdict: Verdict.optional(),
      source: z.string().optional(),
      incident: z.string().optional(),
    }),
    answer: page(FindingRow),
  }),
  finding: route({
    method: 'GET',
    path: '/findings/:id',
    summary: 'One finding with everything that explains it',
    permission: 'read',
    params: idParam,
    answer: z.object({ row: FindingRow, actions: z.array(Action) }),
  }),
  explainFinding: route({
    method: 'GET',
    path: '/findings/:id/explanation',
    summary: 'What every rule did with the message of a finding, how its score came about, what would let it pass',
    permission: 'read',
    params: idParam,
    answer: FindingExplanation,
  }),
  makeException: route({
    method: 'POST',
    path: '/exceptions',
    summary: 'Stop one rule from firing on one target of one path',
    permission: 'configure',
    audit: 'exception.make',
    body: z.object({
      finding: FindingId,
      rule: z.string().max(40),
      target: z.string().max(200),
      reason: z.string().min(1).max(500),
      durationSeconds: z.number().int().min(60).optional(),
    }),
    answer: Exception,
  }),
  removeException: route({
    method: 'DELETE',
    path: '/exceptions/:id',
    summary: 'Take an exception back',
    permission: 'configure',
    audit: 'exception.remove',
    params: idParam,
    answer: done,
  }),
  actions: route({
    method: 'GET',
    path: '/actions',
    summary: 'Actions, newest first',
    permission: 'read',
    query: z.object({ ...cursor, state: z.string().optional(), incident: z.string().optional() }),
    answer: page(Action),
  }),
  action: route({
    method: 'GET',
    path: '/actions/:id',
    summary: 'One action',
    permission: 'read',
    params: idParam,
    answer: Action,
  }),
  previewAction: route({
    method: 'POST',
    path: '/actions/preview',
    summary: 'What an action would hit, and whether the guards let it',
    permission: 'act',
    audit: 'action.preview',
    body: ActionRequest,
    answer: ActionPreview,
  }),
  act: route({
    method: 'POST',
    path: '/actions',
    summary: 'Block, limit or divert a source; restart, pause, stop or quarantine a workload',
    permission: 'act',
    audit: 'action.request',
    body: ActionRequest,
    answer: Action,
  }),
  undoAction: route({
    method: 'POST',
    path: '/actions/:id/undo',
    summary: 'Take an action back',
    permission: 'act',
    audit: 'action.undo',
    params: idParam,
    body: z.object({ reason: z.string().max(500).default('') }),
    answer: Action,
  }),
  decoySessions: route({
    method: 'GET',
    path: '/decoy/sessions',
    summary: 'Diverted sources, newest first',
    permission: 'read',
    query: z.object({ ...cursor }),
    answer: page(DecoySession),
  }),
  decoySession: route({
    method: 'GET',
    path: '/decoy/sessions/:id',
    summary: 'Transcript of one diverted source',
    permission: 'read',
    params: idParam,
    answer: z.object({
      session: DecoySession,
      steps: z.array(z.object({ timeMicros: z.number().int(), step: DecoyStep })),
    }),
  }),
  traffic: route({
    method: 'GET',
    path: '/traffic/series',
    summary: 'Requests by verdict, latency and bytes over time',
    permission: 'read',
    query: z.object({
      ...range,
      bucketSeconds: z.coerce.number().int().min(1).max(86_400).default(10),
      service: z.string().optional(),
    }),
    answer: z.array(SeriesPoint),
  }),
  trafficTop: route({
    method: 'GET',
    path: '/traffic/top',
    summary: 'Busiest values of a column',
    permission: 'read',
    query: z.object({
      ...range,
      by: z.enum(['service', 'route', 'source', 'address', 'path', 'status', 'verdict', 'instance']),
      limit: z.coerce.number().int().min(1).max(100).default(10),
      service: z.string().optional(),
    }),
    answer: z.array(z.object({ value: z.string(), requests: z.number(), blocked: z.number(), p99Micros: z.number() })),
  }),
  exchanges: route({
    method: 'GET',
    path: '/traffic/exchanges',
    summary: 'Single exchanges, newest first',
    permission: 'read',
    query: z.object({
      ...cursor,
      ...range,
      service: z.string().optional(),
      source: z.string().optional(),
      address: z.string().optional(),
      verdict: Verdict.optional(),
      path: z.string().optional(),
    }),
    answer: page(z.object({ timeMicros: z.number().int(), source: z.string(), exchange: Exchange })),
  }),
  workloads: route({
    method: 'GET',
    path: '/workloads',
    summary: 'Everything that runs, and whether it is protected',
    permission: 'read',
    answer: z.object({
      items: z.array(InventoryItem),
      adapters: z.array(
        z.object({
          adapter: z.string(),
          node: z.string(),
          capabilities: z.array(z.string()),
          problem: z.string().nullable(),
          lastHeardMs: z.number(),
        }),
      ),
    }),
  }),
  nodes: route({
    method: 'GET',
    path: '/nodes',
    summary: 'Nodes with their health',
    permission: 'read',
    answer: z.array(z.object({ node: z.string(), lastHeardMs: z.number(), health: NodeHealth })),
  }),
  settings: route({
    method: 'GET',
    path: '/settings',
    summary: 'What is enforced where',
    permission: 'read',
    answer: Settings,
  }),
  setMode: route({
    method: 'PUT',
    path: '/settings/mode',
    summary: 'Choose the mode of one route, or of all',
    permission: 'configure',
    audit: 'mode.set',
    body: z.object({ route: z.string().max(100), mode: Mode }),
    answer: Settings,
  }),
  audit: route({
    method: 'GET',
    path: '/audit',
    summary: 'Audit rows, newest first',
    permission: 'configure',
    query: z.object({ ...cursor }),
    answer: page(AuditRow),
  }),
  verifyAudit: route({
    method: 'GET',
    path: '/audit/verify',
    summary: 'Recompute the hash chain',
    permission: 'configure',
    answer: z.object({ ok: z.boolean(), rows: z.number().int(), firstBroken: z.number().int().nullable() }),
  }),
} as const satisfies Record<string, ApiRoute>;

export type ApiName = keyof typeof API;
export type ApiAnswer<N extends ApiName> = z.infer<(typeof API)[N]['answer']>;
type Part<N extends ApiName, P extends 'params' | 'query' | 'body'> = (typeof API)[N] extends {
  readonly [K in P]: infer S extends z.ZodType;
}
  ? { readonly [K in P]: z.input<S> }
  : unknown;
/** What a caller gives: `{ params, query, body }`, as far as the route has them. */
export type ApiInput<N extends ApiName> = Part<N, 'params'> & Part<N, 'query'> & Part<N, 'body'>;
