import type { Random } from './random.ts';
import { ADJECTIVES, CHINESE_WORDS, LINKS, NOUNS, PREPOSITIONS, VERBS } from './words.ts';

// Long values of kinds that rules find hard or easy, each fresh from the seed. UTF-8 where they are not ASCII.

export interface TextKind {
  readonly name: string;
  readonly make: (random: Random) => string;
}

function nounPhrase(random: Random): string {
  const noun = random.below(2) === 0 ? `${random.of(ADJECTIVES)} ${random.of(NOUNS)}` : random.of(NOUNS);
  return `${random.of(['the', 'the', 'our', 'every', 'this', 'her', 'their'])} ${noun}`;
}

function clause(random: Random): string {
  const place = random.below(2) === 0 ? '' : ` ${random.of(PREPOSITIONS)} ${nounPhrase(random)}`;
  return `${nounPhrase(random)} ${random.of(VERBS)} ${nounPhrase(random)}${place}`;
}

/** One or two clauses, with the commas and full stops of a letter. */
function sentence(random: Random): string {
  const more = random.below(3) === 0 ? '' : `${random.of([',', ''])} ${random.of(LINKS)} ${clause(random)}`;
  const text = clause(random) + more;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${random.of(['.', '.', '.', '?', '!'])}`;
}

/** Pieces until there are enough characters, then cut. */
function fill(characters: number, piece: () => string, glue: string): string {
  let text = piece();
  while (text.length < characters) text += glue + piece();
  return text.slice(0, characters);
}

export function prose(random: Random, characters: number): string {
  return fill(characters, () => sentence(random), ' ');
}

function chinese(random: Random, characters: number): string {
  const words = () => Array.from({ length: 4 + random.below(6) }, () => random.of(CHINESE_WORDS)).join('');
  return fill(characters, () => words() + random.of(['。', '，', '，', '！', '？']), '');
}

function name(random: Random): string {
  return `${random.of(NOUNS)}_${random.hex(3)}`;
}

function codeLine(random: Random): string {
  const [a, b, c] = [name(random), name(random), name(random)];
  return random.of([
    `const ${a} = ${b}.map((${c}) => ${c}.length + ${random.below(900)});`,
    `if (${a} !== undefined && ${b} > ${random.below(99)}) {\n  return ${c};\n}`,
    `for (let i = 0; i < ${a}.length; i++) total += ${a}[i] ?? 0;`,
    `// ${sentence(random)}`,
    `export function ${a}(${b}: string, ${c}: number): boolean {\n  return ${b}.startsWith('${c}');\n}`,
    `throw new Error(\`no ${a} in \${${b}}\`);`,
    `def ${a}(self, ${b}=None):\n    return {"${c}": ${b} or []}`,
  ]);
}

function base64(random: Random, characters: number): string {
  const bytes = Uint8Array.from({ length: Math.ceil((characters * 3) / 4) }, () => random.below(256));
  return Buffer.from(bytes).toString('base64').slice(0, characters);
}

/** Words that SQL has too, as people use them. */
function sqlLikeSentence(random: Random): string {
  const [a, b, c] = [random.of(NOUNS), random.of(NOUNS), random.of(NOUNS)];
  return random.of([
    `Please select the ${a} that you like from the list where the ${b} and the ${c} are shown.`,
    `We should update the table in the ${a} and set the ${b} before we drop the ${c}.`,
    `The union of the ${a} and the ${b} is like a key to the ${c}, or so they say.`,
    `Do not delete anything from the ${a}, or create a ${b} like the ${c} we had.`,
    `Order it by ${a} or group it by ${b}; not having either is null and void, is it?`,
    `Join us at the ${a} between two and five as the ${b} exists in each case where the ${c} ends.`,
  ]);
}

export const CHARACTERS = 2000;

export const TEXT_KINDS: readonly TextKind[] = [
  { name: 'English prose', make: (random) => prose(random, CHARACTERS) },
  { name: 'Chinese', make: (random) => chinese(random, CHARACTERS) },
  { name: 'source code', make: (random) => fill(CHARACTERS, () => codeLine(random), '\n') },
  { name: 'base64', make: (random) => base64(random, CHARACTERS) },
  { name: 'SQL-like prose', make: (random) => fill(CHARACTERS, () => sqlLikeSentence(random), ' ') },
];
