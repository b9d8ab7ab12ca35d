import { sql, type Kysely } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';

// Portable: names in snake case, JSON as text, times as integer microseconds, no engine's own types. `body` holds the
// whole contract value; the columns beside it are what is searched and ordered by.

interface Scoped {
  cluster: string;
  namespace: string;
  service: string;
}

export interface RecordTables {
  findings: Scoped & {
    event_id: string;
    id: string;
    time_micros: number;
    node: string;
    instance: string;
    source_key: string | null;
    address: string;
    account: string | null;
    detector: string;
    rule_id: string;
    family: string;
    severity: string;
    verdict: string;
    incident_id: string | null;
    body: string;
  };
  finding_evidence: { finding_id: string; evidence: string };
  incidents: Scoped & {
    id: string;
    source_key: string | null;
    state: string;
    severity: string;
    first_micros: number;
    last_micros: number;
    body: string;
  };
  actions: Scoped & {
    id: string;
    kind: string;
    target_key: string;
    state: string;
    dry_run: number;
    incident_id: string | null;
    playbook: string | null;
    created_micros: number;
    updated_micros: number;
    body: string;
    remembered: string | null;
  };
  action_findings: { action_id: string; finding_id: string };
  decoy_sessions: Scoped & {
    id: string;
    source_key: string;
    source: string;
    first_micros: number;
    last_micros: number;
    steps: number;
    learned: string;
  };
  decoy_steps: { event_id: string; session_id: string; time_micros: number; body: string };
  users: { name: string; role: string; password_hash: string | null; created_micros: number };
  user_sessions: { id_hash: string; user_name: string; csrf: string; created_micros: number; expires_micros: number };
  secrets: {
    hash: string;
    purpose: string;
    user_name: string;
    created_micros: number;
    expires_micros: number | null;
  };
  logins: Scoped & { account: string; address: string; time_micros: number };
  exceptions: { id: string; created_micros: number; expires_micros: number | null; body: string };
  settings: { setting_key: string; value: string };
  likeness: Scoped & { body: string };
  audit: {
    sequence: number;
    time_micros: number;
    actor: string;
    what: string;
    target: string;
    detail: string;
    hash: string;
  };
}

export type RecordDb = Kysely<RecordTables>;

const ID = 'varchar(64)';
const NAME = 'varchar(255)';
const MICROS = 'bigint';

type Columns = Readonly<Record<string, 'varchar(64)' | 'varchar(255)' | 'bigint' | 'integer' | 'text'>>;
interface TableSpec {
  readonly columns: Columns;
  readonly key: readonly string[];
  readonly nullable?: readonly string[];
  readonly unique?: readonly (readonly string[])[];
  readonly indices?: readonly (readonly string[])[];
}

const SCOPE = { cluster: NAME, namespace: NAME, service: NAME } as const;

const FIRST: Readonly<Record<keyof RecordTables, TableSpec>> = {
  findings: {
    columns: {
      event_id: ID,
      id: ID,
      ...SCOPE,
      time_micros: MICROS,
      node: NAME,
      instance: NAME,
      source_key: NAME,
      address: NAME,
      account: NAME,
      detector: ID,
      rule_id: ID,
      family: ID,
      severity: ID,
      verdict: ID,
      incident_id: ID,
      body: 'text',
    },
    key: ['event_id'],
    nullable: ['source_key', 'account', 'incident_id'],
    unique: [['id']],
    indices: [
      ['time_micros', 'id'],
      ['incident_id', 'time_micros'],
      ['source_key', 'time_micros'],
      ['detector', 'account', 'time_micros'],
    ],
  },
  finding_evidence: { columns: { finding_id: ID, evidence: 'text' }, key: ['finding_id'] },
  incidents: {
    columns: {
      id: ID,
      ...SCOPE,
      source_key: NAME,
      state: ID,
      severity: ID,
      first_micros: MICROS,
      last_micros: MICROS,
      body: 'text',
    },
    key: ['id'],
    nullable: ['source_key'],
    indices: [
      ['last_micros', 'id'],
      ['service', 'source_key', 'last_micros'],
    ],
  },
  actions: {
    columns: {
      id: ID,
      ...SCOPE,
      kind: ID,
      target_key: NAME,
      state: ID,
      dry_run: 'integer',
      incident_id: ID,
      playbook: NAME,
      created_micros: MICROS,
      updated_micros: MICROS,
      body: 'text',
      remembered: 'text',
    },
    key: ['id'],
    nullable: ['incident_id', 'playbook', 'remembered'],
    indices: [['created_micros', 'id'], ['state'], ['incident_id'], ['target_key', 'kind']],
  },
  action_findings: {
    columns: { action_id: ID, finding_id: ID },
    key: ['action_id', 'finding_id'],
    indices: [['finding_id']],
  },
  decoy_sessions: {
    columns: {
      id: ID,
      ...SCOPE,
      source_key: NAME,
      source: 'text',
      first_micros: MICROS,
      last_micros: MICROS,
      steps: 'integer',
      learned: 'text',
    },
    key: ['id'],
    indices: [
      ['last_micros', 'id'],
      ['source_key', 'last_micros'],
    ],
  },
  decoy_steps: {
    columns: { event_id: ID, session_id: ID, time_micros: MICROS, body: 'text' },
    key: ['event_id'],
    indices: [['session_id', 'time_micros']],
  },
  users: {
    columns: { name: NAME, role: ID, password_hash: 'text', created_micros: MICROS },
    key: ['name'],
    nullable: ['password_hash'],
  },
  user_sessions: {
    columns: { id_hash: ID, user_name: NAME, csrf: NAME, created_micros: MICROS, expires_micros: MICROS },
    key: ['id_hash'],
    indices: [['user_name'], ['expires_micros']],
  },
  secrets: {
    columns: { hash: ID, purpose: ID, user_name: NAME, created_micros: MICROS, expires_micros: MICROS },
    key: ['hash'],
    nullable: ['expires_micros'],
  },
  logins: {
    columns: { ...SCOPE, account: NAME, address: ID, time_micros: MICROS },
    key: ['cluster', 'namespace', 'service', 'account', 'address'],
    indices: [['time_micros']],
  },
  exceptions: {
    columns: { id: ID, created_micros: MICROS, expires_micros: MICROS, body: 'text' },
    key: ['id'],
    nullable: ['expires_micros'],
  },
  settings: { columns: { setting_key: NAME, value: 'text' }, key: ['setting_key'] },
  likeness: { columns: { ...SCOPE, body: 'text' }, key: ['cluster', 'namespace', 'service'] },
  audit: {
    columns: {
      sequence: MICROS,
      time_micros: MICROS,
      actor: NAME,
      what: NAME,
      target: 'text',
      detail: 'text',
      hash: ID,
    },
    key: ['sequence'],
  },
};

async function makeTables(db: Kysely<unknown>, specs: Readonly<Record<string, TableSpec>>): Promise<void> {
  for (const [table, spec] of Object.entries(specs)) {
    let create = db.schema.createTable(table);
    for (const [column, type] of Object.entries(spec.columns)) {
      const nullable = spec.nullable?.includes(column);
      create = create.addColumn(column, sql.raw(type), (made) => (nullable ? made : made.notNull()));
    }
    // Kysely wants names it saw in the chain; here they come from the table.
    await create.addPrimaryKeyConstraint(`${table}_key`, [...spec.key] as never[]).execute();
    for (const columns of spec.unique ?? []) await makeIndex(db, table, columns, true);
    for (const columns of spec.indices ?? []) await makeIndex(db, table, columns, false);
  }
}

async function makeIndex(
  db: Kysely<unknown>,
  table: string,
  columns: readonly string[],
  unique: boolean,
): Promise<void> {
  const create = db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .on(table)
    .columns([...columns]);
  await (unique ? create.unique() : create).execute();
}

const MIGRATIONS: Record<string, Migration> = {
  '0001_first': { up: (db) => makeTables(db as Kysely<unknown>, FIRST) }, // the schema is what this makes
};

export const recordMigrations: MigrationProvider = { getMigrations: async () => MIGRATIONS };
