import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureSearch } from './capture-search.ts';
import { crsPatterns } from './crs-pattern-cases.ts';
import { LazyDfa } from './lazy-dfa.ts';
import { parsePattern } from './parse.ts';
import { compileProgram, irregularity } from './program.ts';
import { Sampler } from './sample-cases.ts';
import { childrenOf, type Node, type Syntax } from './syntax.ts';

// Searches for values that cost much, pattern by pattern, from the pattern's own syntax: a beginning, a piece of a repetition
// pumped up, an end that fails; the worst so far is changed further. Costs are counted, not timed: instructions looked at with
// empty tables, and bytes looked at. SLOW_INPUTS_ROUNDS=200 searches longer, SLOW_INPUTS_SEED=7 elsewhere.

const RX = { dotAll: true, multiline: true };
const ROUNDS = Number(process.env['SLOW_INPUTS_ROUNDS'] ?? 5);
const SEED = Number(process.env['SLOW_INPUTS_SEED'] ?? 20_261_123);
const LENGTH = 2000;
/** Instructions a byte; the longest patterns of CRS 4 have 12,000, so this is far from "every instruction at every byte". */
const MOST_A_BYTE = 100;

interface Cost {
  /** Instructions looked at a byte: asking whether, and finding the place. */
  readonly effort: number;
  readonly looked: number;
}

class Subject {
  readonly syntax: Syntax;
  readonly #plain;
  readonly #reverse;

  constructor(text: string) {
    this.syntax = parsePattern(text, RX);
    this.#plain = compileProgram(this.syntax, 'plain');
    this.#reverse = compileProgram(this.syntax, 'reverse');
  }

  cost(value: string): Cost {
    const whether = new LazyDfa(this.#plain, 'any');
    const matched = whether.matchedBy(value) !== 0;
    const end = new LazyDfa(this.#plain, 'first');
    const to = end.endFrom(value, 0);
    assert.equal(to >= 0, matched, 'the two forward searches agree');
    const begin = new LazyDfa(this.#reverse, 'longest');
    if (to >= 0) assert.ok(begin.beginBefore(value, to, 0) >= 0, 'the backward search finds the beginning');
    const bytes = Math.max(1, value.length);
    return {
      effort: (whether.effort + end.effort + begin.effort) / bytes,
      looked: (end.looked + begin.looked) / bytes,
    };
  }
}

function repetitions(node: Node, into: Node[] = []): Node[] {
  if (node.kind === 'repeat' && node.max > 2) into.push(node.body);
  for (const child of childrenOf(node)) repetitions(child, into);
  return into;
}

function hostileValue({ root }: Syntax, pumps: readonly Node[], sampler: Sampler): string {
  const whole = sampler.textOf(root);
  const pump = pumps[sampler.below(pumps.length)] ?? root;
  const pieces = Array.from({ length: 1 + sampler.below(3) }, () => sampler.textOf(pump) || 'x').join('');
  const head = whole.slice(0, sampler.below(whole.length + 1));
  return (head + pieces.repeat(Math.ceil(LENGTH / pieces.length))).slice(0, LENGTH - 1) + '\0';
}

/** Another value with a piece of one put into the other. */
function crossed(value: string, other: string, sampler: Sampler): string {
  const at = sampler.below(value.length);
  const from = sampler.below(other.length);
  const piece = other.slice(from, from + 1 + sampler.below(200));
  return (value.slice(0, at) + piece + value.slice(at)).slice(0, LENGTH);
}

function worstOf(text: string, id: number): { cost: Cost; value: string } {
  const subject = new Subject(text);
  const sampler = new Sampler(SEED + id);
  const pumps = repetitions(subject.syntax.root);
  let worst = { cost: { effort: -1, looked: 0 }, value: '' };
  for (let round = 0; round < ROUNDS; round++) {
    const fresh = hostileValue(subject.syntax, pumps, sampler);
    for (const value of round === 0 ? [fresh] : [fresh, crossed(worst.value, fresh, sampler)]) {
      const cost = subject.cost(value);
      if (cost.effort > worst.cost.effort) worst = { cost, value };
    }
  }
  return worst;
}

for (const which of ['crs4', 'crs33'] as const) {
  const { patterns, missing } = crsPatterns(which);
  test(`no value found is slow for a pattern of ${which}`, { skip: missing }, (context) => {
    const regular = patterns.filter(({ text }) => irregularity(parsePattern(text, RX)) === undefined);
    let slowest = { effort: 0, id: 0 };
    for (const { id, text } of regular) {
      const { cost, value } = worstOf(text, id);
      const seen = `${id}: ${cost.effort.toFixed(0)} instructions a byte on ${JSON.stringify(value.slice(0, 60))}…`;
      assert.ok(cost.effort < MOST_A_BYTE, seen);
      assert.ok(cost.looked <= 2.1, `${id} looked at each byte ${cost.looked} times`);
      if (cost.effort > slowest.effort) slowest = { effort: cost.effort, id };
    }
    const found = `worst ${slowest.id} with ${slowest.effort.toFixed(0)} instructions a byte`;
    context.diagnostic(`seed ${SEED}, ${ROUNDS} rounds, ${regular.length} patterns, ${found}`);
  });
}

// Shapes of the published weaknesses, written anew, with strings that made backtracking matchers hang.
const ADVISORIES: readonly (readonly [what: string, pattern: string, value: (size: number) => string])[] = [
  [
    'GHSA-f5qm-3h4p-8qhg, a shell prefix that repeats in itself',
    '(?i)(?:[;|&]|\\b(?:sudo|env)\\s+(?:-\\w+\\s+|\\w+=(?:[^\\s]*|\\$.*|<.*|"[^"]*")\\s+)*)*\\s*(?:c[\\x5c\'"\\[]*(?:\\$[a-z0-9]*)?\\x5c?a[\\x5c\'"]*t)\\s+/',
    (size) => `env ${'a=$b '.repeat(size / 5)}!`,
  ],
  [
    'CVE-2019-11387, nested spaces before a call',
    '(?i)(?:\\s*(?:\\(|!|and|or)\\s*)*?(?:\\s*\\w+\\s*)+\\(select',
    (size) => `or ${'a '.repeat(size / 2)}!`,
  ],
  [
    'CVE-2019-11388, quoted parts in a row',
    '(?i)["\'`](?:(?:\\s*["\'`]?\\s*)*\\w+)*\\s*like\\W*["\'`0-9]',
    (size) => `"${' "'.repeat(size / 2)}`,
  ],
  [
    'CVE-2019-11389, comments behind a function name',
    '(?i)\\b(?:next|end)(?:\\s|/\\*.*\\*/|//.*|#.*)*\\(.*\\)',
    (size) => `next${'#'.repeat(size)}`,
  ],
  [
    'CVE-2019-11390, optional headers in a row',
    '(?:\\n\\s*)*(?:\\r?\\n(?:\\w+:[^\\n]*)?)+from:',
    (size) => '\n'.repeat(size),
  ],
  [
    'CVE-2019-11391, alternatives that begin alike',
    '(?i)(?:\\$(?:\\((?:\\(.*\\)|.*)\\)|\\{.*\\})|[<>]\\(.*\\))+x',
    (size) => '$('.repeat(size / 2),
  ],
  [
    'a for loop of the Windows shell (932140)',
    '\\b(?:if(?:/i)?|for(?:/[dflr].*)* %+[^ ]+ in\\(.*\\)\\s?do)',
    (size) => `for${'/d/'.repeat(size / 3)} %x in(x) dx`,
  ],
  [
    '933160 and 933161, comment suffix',
    '(?i)\\b(?:eval|exec)(?:\\s|/\\*.*\\*/|(?:#|//)[^\\n]*\\n?)*\\((?:[^)]*)\\)',
    (size) => `eval${'/**/#'.repeat(size / 5)}`,
  ],
  [
    '933180, noise behind a variable',
    '\\$+(?:[a-z_][a-z0-9_]*|\\s*\\{.+\\})(?:\\s|\\[.+\\]|\\{.+\\}|/\\*.*\\*/|//.*|#.*)*\\(.*\\)',
    (size) => `$a${'{1}[1]'.repeat(size / 6)}`,
  ],
  [
    '941140, declarations before an address',
    '(?i)[a-z]+=(?:[^:=]+:.+;)*?[^:=]+:url\\(javascript',
    (size) => `x=${'a:b;'.repeat(size / 4)}`,
  ],
  [
    '942522, a lazy run at the start',
    '^.*?\\x5c[\'"`](?:.*?[\'"`])?\\s*(?:and|or)\\b',
    (size) => '\\\'"'.repeat(size / 3),
  ],
];

test('the strings of published advisories cost linear work', () => {
  for (const [what, pattern, valueOf] of ADVISORIES) {
    const subject = new Subject(pattern);
    assert.equal(irregularity(subject.syntax), undefined, what);
    const [short, long] = [subject.cost(valueOf(3000)), subject.cost(valueOf(30_000))];
    assert.ok(
      long.effort <= short.effort * 1.1 + 1,
      `${what}: ${short.effort} then ${long.effort} instructions a byte`,
    );
    assert.ok(long.looked <= 2.1, `${what} looked at each byte ${long.looked} times`);
  }
  assert.equal(ADVISORIES.length, 11);
});

test('groups of a long match cost linear work', () => {
  const syntax = parsePattern('(?:(a+)|(b)|a)*((?:c|a)*)$', RX);
  const search = new CaptureSearch(compileProgram(syntax, 'groups'), syntax.groups);
  const costs = [2000, 20_000].map((length) => {
    let used = 0;
    const work = { spend: (units: number) => void (used += units), exhausted: false };
    assert.ok(search.groupsAt('ab'.repeat(length / 2), 0, work) !== undefined);
    return used / length;
  });
  assert.ok((costs[1] ?? 0) <= (costs[0] ?? 0) * 1.1, costs.join(' then '));
});
