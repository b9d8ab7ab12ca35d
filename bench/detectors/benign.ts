// Texts that people and programs send. The written ones are made from a seed; the found ones are sentences of whatever documentation the
// machine has, which nobody reads while the detectors are written.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Random } from './random.ts';
import type { Fragment } from './sql-fragments.ts';

const GIVEN = ['Ann', 'Seán', 'Siobhan', 'Pierre', 'Mary-Jane', 'Li', 'Ngozi', 'Dmitri', 'José', 'Ellen'];
const FAMILY = [
  "O'Brien",
  "d'Artagnan",
  "O'Neil",
  "D'Angelo",
  "van 't Hoff",
  "N'Diaye",
  "McDonald's",
  "L'Hôpital",
  'Smith-Jones',
  "O'Union",
  "Al-Qa'im",
  'Grant',
  'Case',
  'Or',
  'Wang',
];
const STREETS = [
  'GRANT AVE',
  'UNION SQUARE',
  'SELECT RD',
  "ST. MARY'S LN",
  'TABLE BAY DR',
  'ORDER ST',
  'Drop Lane',
  'CASE ROAD',
  "KING'S CROSS",
  'HAVING HILL',
  'INTO ST # 4',
  'Delete Dr',
];
const VERBS = [
  'select',
  'drop',
  'delete',
  'update',
  'insert',
  'create',
  'join',
  'order',
  'group',
  'alter',
  'grant',
  'execute',
  'union',
  'truncate',
];
const NOUNS = [
  'table',
  'column',
  'index',
  'database',
  'user',
  'view',
  'row',
  'query',
  'trigger',
  'value',
  'script',
  'element',
  'handler',
  'image',
  'form',
  'frame',
];
const PLAIN = ['the', 'a', 'my', 'each', 'your', 'our', 'one', 'this'];
const TOPICS = [
  '门票',
  '课程',
  '数据库',
  '作业',
  '老师',
  '老板',
  '订单',
  '表格',
  '密码',
  '图片',
  '天气',
  '联合国',
  '朋友',
  '脚本',
];
const ACTS = ['选择', '删除', '更新', '喜欢', '创建', '查询', '执行', '插入', '打开', '讨论', '发送'];

const KINDS = {
  prose: (random: Random) => sentence(random),
  names: (random: Random) =>
    `${random.pick(GIVEN)} ${random.pick(FAMILY)}${random.pick(['', ', Jr.', ' & Sons', ' (Dr.)', ' "Ace"', "'s", ' and family'])}`,
  addresses: (random: Random) =>
    random.pick([
      `${random.whole(1, 9999)} ${random.pick(STREETS)}`,
      `${random.pick(STREETS)}, APT ${random.whole(1, 40)}${random.pick(['A', 'B', ''])}`,
      `${random.pick(STREETS)} AND ${random.pick(STREETS)}`,
      `${random.whole(1, 99)} 1/2 ${random.pick(STREETS)} #${random.whole(1, 99)}`,
      `c/o ${random.pick(FAMILY)}; ${random.whole(1, 99)} ${random.pick(STREETS)}`,
    ]),
  numbers: (random: Random) => number(random),
  code: (random: Random) => snippet(random),
  'talk about SQL': (random: Random) => talk(random),
  'talk about HTML': (random: Random) => talkOfMarkup(random),
  'maths and data': (random: Random) => maths(random),
  'JSON, CSS, Markdown': (random: Random) => notation(random),
  Chinese: (random: Random) => chinese(random),
} as const;

export function writtenTexts(random: Random, perKind: number): Fragment[] {
  return Object.entries(KINDS).flatMap(([family, make]) =>
    Array.from({ length: perKind }, () => ({ family, value: Buffer.from(make(random), 'utf8').toString('latin1') })),
  );
}

function sentence(random: Random): string {
  const verb = random.pick(VERBS);
  const noun = random.pick(NOUNS);
  const count = random.whole(2, 99);
  return random.pick([
    `Please ${verb} ${random.pick(PLAIN)} ${noun} or ${random.pick(VERBS)} ${count} of them`,
    `I don't know; ${random.pick(GIVEN)} didn't ${verb} it -- did you?`,
    `He said: "${verb} ${random.pick(PLAIN)} ${noun}" and left, it's ${count} o'clock`,
    `${count} or ${count + 1} people like the ${noun} and ${random.whole(1, 9)} don't`,
    `The boys' ${noun} and the girls' ${random.pick(NOUNS)} = ${count} things`,
    `'${verb}' or '${random.pick(VERBS)}'? that's the question #${count}`,
    `It's 'ok' to ${verb} from ${random.pick(PLAIN)} ${noun}; see you (or not) at ${random.whole(1, 12)}`,
    `${random.pick(GIVEN)} wants to ${verb} ${noun} where ${random.pick(GIVEN)} is having lunch on ${random.whole(1, 28)} May`,
    `rock 'n' roll & ${noun}s, ${count}% off -- only '${random.whole(10, 99)} models`,
    `We have ${count} in stock, in (or between) ${random.whole(1, 9)} ${noun}s like 'this' and "that"`,
    `select ${noun} from the ${random.pick(NOUNS)} menu, order by ${random.whole(1, 28)} June`,
    `Don't ${verb}! I ❤ it <3 and you'd ${random.pick(VERBS)} it too :-) ;)`,
    `size ${random.whole(1, 9)}' x ${random.whole(1, 9)}" or ${count}' 6" -- ${noun} #${random.whole(1, 20)}`,
    `${count} and counting; union of ${noun}s, having fun!`,
  ]);
}

function number(random: Random): string {
  const digit = () => String(random.whole(0, 9));
  return random.oneOf(
    () => `${digit()}c`,
    () => `${digit()})c`,
    () => `(${random.whole(100, 999)}) ${random.whole(100, 999)}-${random.whole(1000, 9999)}`,
    () =>
      `+${random.whole(1, 99)} ${random.whole(10, 99)} ${random.whole(1000, 9999)} ${random.whole(1000, 9999)} ext. ${random.whole(1, 99)}`,
    () =>
      `${random.whole(1, 31)}/${random.whole(1, 12)}/20${random.whole(10, 30)} or ${random.whole(1, 31)}/${random.whole(1, 12)}`,
    () => `$${random.whole(1, 99)}.${random.whole(10, 99)} - $${random.whole(100, 199)}`,
    () => `${random.whole(0, 200)}-${random.whole(0, 200)}`,
    () => `${random.whole(1, 9)}' ${random.whole(0, 11)}"`,
    () => `${random.whole(1, 9)}) ${random.whole(1, 9)}) ${random.whole(1, 9)})`,
    () => `v${random.whole(1, 9)}.${random.whole(0, 20)}.${random.whole(0, 9)}-rc.${random.whole(1, 9)}`,
    () => `${random.whole(10, 99)}° ${random.whole(10, 59)}' ${random.whole(10, 59)}" N`,
    () => `0x${random.whole(0, 65_535).toString(16)} | 0b101`,
    () =>
      `${random.whole(10_000_000, 99_999_999).toString(16)}-${random.whole(4096, 65_535).toString(16)}-4e2a-91d0-${random.whole(10_000_000, 99_999_999).toString(16)}`,
    () => `${random.whole(1, 99)}/${random.whole(1, 99)} = ${random.whole(1, 9)}.${random.whole(0, 99)}`,
  );
}

function snippet(random: Random): string {
  const name = random.pick(NOUNS);
  const other = random.pick(NOUNS);
  const count = random.whole(1, 99);
  return random.pick([
    `if (${name} === '${other}' || ${other} > ${count}) { return ${name}['${other}']; }`,
    `for (int i = 0; i < ${count}; i++) ${name}[i] = ${other} & 0xff;`,
    `if ${name} == '${other}' or ${other} == "${name}": print('${name}')`,
    `const ${name} = ${other}.map((x) => x.${name} ?? '${other}');`,
    `SELECT ${name}, ${other} FROM t${count} WHERE ${name} = '${other}' ORDER BY ${other};`,
    `INSERT INTO ${name}s (a, b) VALUES (${count}, '${other}'); -- done`,
    `grep -n '${name}' *.txt | sort -u # ${other}`,
    `puts "${name}: #{${other}}" if ${other} && !${name}.nil?`,
    `std::map<std::string, ${name}> m; m["${other}"] = ${count};`,
    `let mut ${name}: Vec<&'a str> = vec!["${other}"];`,
    `public <T extends ${name}> List<T> get(Class<T> c) { return ${other}; }`,
    `echo '${name}' . $${other} . "\\n"; // ${count}`,
    `x = ${name} if ${other} else '${name}'; y = x or ${count}`,
    `sed -i 's/${name}/${other}/g' a.txt && echo "ok"`,
    `assert len(${name}) == ${count} and ${other}['a'] == 'b'`,
    `document.querySelector('#${name}').textContent = \`\${${other}}\`;`,
    `printf("%d -- %s\\n", ${name}, "${other}"); /* ${count} */`,
    `while ((c = getchar()) != '\\n' && c != EOF);`,
    `git commit -m '${name}: "${other}"' -- src/${name}.c`,
    `type ${name} = { ${other}: 'a' | 'b'; n: number };`,
  ]);
}

function talk(random: Random): string {
  const name = random.pick(NOUNS);
  const verb = random.pick(VERBS);
  const count = random.whole(1, 9);
  return random.pick([
    `What is the difference between UNION and UNION ALL in a SELECT?`,
    `Use GROUP BY ${name} HAVING COUNT(*) > ${count} -- not WHERE`,
    `My query "SELECT * FROM ${name}s" doesn't return ${count} rows, why?`,
    `How do I ${verb} a ${name} where id = ${count} or id = ${count + 1}?`,
    `In MySQL, '#' and '--' start comments; in Oracle only '--' does`,
    `The WHERE clause: WHERE ${name} IN ('a', 'b') AND x > ${count}`,
    `You can't ${verb.toUpperCase()} a ${name} with DROP TABLE; use DELETE FROM`,
    `Lesson ${count}: "AND", "OR" and "NOT"; then ORDER BY and LIMIT ${count}`,
    `SELECT name FROM ${name}s WHERE age > ${count} AND city = 'Paris';`,
    `CREATE TABLE ${name}s (id INT PRIMARY KEY, name VARCHAR(${count}0));`,
    `It's a LEFT JOIN: SELECT a.x, b.y FROM a LEFT JOIN b ON a.id = b.id`,
    `UPDATE ${name}s SET price = price * 1.${count} WHERE id = ${count};`,
    `Why is "col = NULL" never true but 'col IS NULL' is?`,
    `We should ${verb} the ${name}; select a candidate from the list and order by age`,
    `the student's union: select committee #${count}; drop by or call`,
  ]);
}

function talkOfMarkup(random: Random): string {
  const name = random.pick(NOUNS);
  const count = random.whole(1, 99);
  return random.pick([
    `use the onclick property, e.g. ${name}.onclick = show;`,
    `<b>${name}</b> and <i>${count}</i> are fine`,
    `<a href="https://example.org/${name}?a=${count}&b=2">${name}</a>`,
    `if a<b and c>d then ${name}=${count}`,
    `The <${name}-x> tag has no src="..." attribute`,
    `${name} < ${count} && ${count} > x`,
    `on${name}=1&once=${count}`,
    `filter=${name}&online=yes&only=${count}`,
    `JavaScript: ${name}s for beginners (${count} lessons)`,
    `data: ${name}, ${count}; more at http://example.org/?x=${count}`,
    `<img src="/img/${name}.png" alt="${name}" width=${count}>`,
    `<p class='${name}'>It's ${count}</p>`,
    `<span style="color: #${count}0; width: ${count}px">${name}</span>`,
    `Map<String, ${name}> x = new Map<>(); // <${count}>`,
    `email me <${name}@example.org> or <https://example.org/${count}>`,
    `onset = ${count}; one="${name}"; ontology='${count}'`,
    `<-- ${name} --> <${count}> <3 >_<`,
  ]);
}

function maths(random: Random): string {
  const a = random.whole(1, 99);
  const b = random.whole(1, 99);
  return random.pick([
    `f(x) = ${a}x^2 - ${b}x + 1`,
    `${a} * (${b} + 3) = ${a * (b + 3)}`,
    `x > ${a} and y < ${b} or z = ${a}`,
    `(a+b)(a-b) = a^2-b^2`,
    `P(A|B) = P(B|A)P(A)/P(B)`,
    `sin(${a}) + cos(${b}) <= 2`,
    `${a} mod ${b} = ${a % b}`,
    `{x | x > ${a}} ∪ {y | y < ${b}}`,
    `${a}:${b} || ${b}:${a}`,
    `|x - ${a}| < ${b} && x != 0`,
    `${a},${b},${a + b},null,"a b",'c'`,
    `n!/(k!(n-k)!) where n=${a} and k=${b}`,
    `max(${a}, ${b}) - min(${a}, ${b})`,
    `a=${a};b=${b};c='x y'`,
    `not (p or q) = not p and not q`,
    `=SUM(A${a}:B${b})-COUNT(C1:C${b})`,
    `=IF(A${a}>${b},"yes","no")`,
  ]);
}

function notation(random: Random): string {
  const name = random.pick(NOUNS);
  const count = random.whole(1, 99);
  return random.pick([
    JSON.stringify({ [name]: `it's ${count}`, list: [count, null, 'a'], 'order by': name }),
    JSON.stringify([
      { op: '=', left: name, right: "'x'" },
      { op: 'or', n: count },
    ]),
    `.${name} > a:hover { color: #${count}0; content: '--'; }`,
    `#${name}, .x { margin: 0 -${count}px; /* ${name} */ }`,
    `@media (min-width: ${count}px) and (max-width: 900px) { ${name} { width: 50% } }`,
    `# ${name}\n\n- one\n- two *or* three\n\n---\n'quote' -- ${count}`,
    `**${name}** or \`${name}()\` -- see [link](http://x.org/a?b=${count})`,
    `| ${name} | ${count} |\n|---|---|\n| 'a' | "b" |`,
    `> it's quoted\n> -- ${name}, ${count}`,
    `${name}: '${count}' # comment\nother: "x"; more`,
    `key='${name}' value="${count}" -- ok`,
    `[${name}]\nkey = "value" ; ${count}`,
    `\`\`\`sql\nselect ${name} from t where id = ${count};\n\`\`\``,
    `<?xml version="1.0"?><${name}-info id="${count}">it's</${name}-info>`,
  ]);
}

function chinese(random: Random): string {
  const topic = random.pick(TOPICS);
  const act = random.pick(ACTS);
  const count = random.whole(1, 99);
  return random.pick([
    `我想${act}${topic}，或者${count}个也可以。`,
    `${topic}的“${act}”功能怎么用？谢谢！`,
    `老师说：'${act}' or '${random.pick(ACTS)}' 都行 -- ${count}分`,
    `SELECT 语句可以${act}${topic}；WHERE 后面写条件 id = ${count}`,
    `今天${topic}${count}元 (约 ${count} or ${count + 1} 美元)`,
    `${topic}＝${count}；${act}＜${count + 1}＞`,
    `请${act}表 ${topic} 和 ${random.pick(TOPICS)}, order by ${count} 号`,
    `他问:"${topic}'${act}'是什么?" #${count}`,
    `union 和 union all 的区别是什么？第${count}课`,
    `<${topic}> 与 <b>${act}</b> 的不同`,
    `1 or 2 个${topic}; 选 '${act}' 还是 "${random.pick(ACTS)}"`,
    `if (${topic} > ${count} && x < 2) ${act}();`,
  ]);
}

export interface FoundTexts {
  readonly texts: readonly Fragment[];
  /** Folder and how many files and sentences it gave. */
  readonly sources: readonly string[];
}

const FOLDERS = [
  '/usr/share/doc',
  '/usr/share/common-licenses',
  '/usr/share/man',
  '/usr/share/perl',
  '/usr/share/perl5',
  '/usr/lib/python3',
  '/usr/local/go/doc',
];
const LARGEST_FILE = 300_000;
const MOST_FILES = 700;

/** Sentences and lines of what is installed. */
export function foundTexts(random: Random, perFolder: number): FoundTexts {
  const texts: Fragment[] = [];
  const sources: string[] = [];
  for (const folder of FOLDERS) {
    const files = filesUnder(folder);
    const chosen = Array.from({ length: Math.min(MOST_FILES, files.length) }, () => random.pick(files));
    const sentences = new Set(chosen.flatMap((file) => sentencesOf(file)));
    const all = [...sentences];
    const some = Array.from({ length: Math.min(perFolder, all.length) }, () => random.pick(all));
    for (const value of some) texts.push({ family: folder, value });
    if (some.length > 0)
      sources.push(`${folder}: ${some.length} of ${all.length} sentences in ${new Set(chosen).size} files`);
  }
  return { texts, sources };
}

function filesUnder(folder: string, depth = 0): string[] {
  if (depth > 6) return [];
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // a folder that this machine does not have gives nothing, and the count says so
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path, depth + 1);
    return entry.isFile() && !/\.(?:png|gif|jpe?g|pdf|so|pyc|svgz|ico|mo)$/.test(entry.name) ? [path] : [];
  });
}

function sentencesOf(file: string): string[] {
  if (statSync(file).size > LARGEST_FILE) return [];
  const raw = readFileSync(file);
  const bytes = file.endsWith('.gz') ? gunzipSync(raw) : raw;
  const text = bytes.toString('latin1');
  if (text.includes('\0')) return [];
  const isManual = /\.[1-9]\w*(?:\.gz)?$/.test(file) && file.includes('/man');
  const plain = isManual
    ? text.replace(/^\.\\".*$|^\.\w+ ?/gm, '').replace(/\\f[A-Z(]\w?|\\-/g, (all) => (all === '\\-' ? '-' : ''))
    : text;
  return plain
    .split(/\n\s*\n|(?<=[.!?])\s+(?=[A-Z"'(])|\n(?=\s*[*\-#])/)
    .map((part) => part.replace(/\s+/g, ' ').trim())
    .filter((part) => part.length >= 12 && part.length <= 400);
}
