import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MARKUP_ATTACKS } from './markup/xss-cases.ts';
import { judgeMarkup } from './markup/xss.ts';
import { meets, SQLI_REQUIRES, XSS_REQUIRES, type Needs } from './needs.ts';
import { KNOWN_MISSES, SQL_ATTACKS } from './sql/sqli-cases.ts';
import { judgeSql, KEYWORD } from './sql/sqli.ts';

const judges = [
  { name: 'SQL', needs: SQLI_REQUIRES, judge: (value: string) => judgeSql(value, { steps: 0 }) },
  { name: 'markup', needs: XSS_REQUIRES, judge: (value: string) => judgeMarkup(value, { steps: 0 }) },
];
const attacks = [...SQL_ATTACKS, ...KNOWN_MISSES, ...MARKUP_ATTACKS].map((text) =>
  Buffer.from(text, 'utf8').toString('latin1'),
);
const ALPHABET = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const WORDS =
  'or and xor having where when union select from null like in is between 1 0x1 1. .1 1e1 order by into outfile exec drop table waitfor delay @@version -1 ~1 javascript data html script onload href ' +
  'exec xp_cmdshell sp_oacreate procedure analyse shutdown alert location window';

function strip(value: string, set: Readonly<Uint8Array>, by: string): string {
  return Array.from(value, (character) => (set[character.charCodeAt(0)] === 1 ? by : character)).join('');
}

for (const { name, needs, judge } of judges) {
  test(`${name}: without one of the needed bytes the grammar reports nothing`, () => {
    for (const clause of needs.clauses) {
      const allowed = ALPHABET.filter((_, byte) => clause[byte] === 0);
      const words = WORDS.split(' ').filter((word) => strip(word, clause, '') === word);
      const value = fc
        .array(
          fc.oneof(
            fc.constantFrom(...words),
            fc.constantFrom(...allowed),
            fc.constantFrom(...attacks).map((each) => strip(each, clause, '')),
          ),
          { maxLength: 8 },
        )
        .map((parts) => parts.join(''));
      fc.assert(
        fc.property(value, (text) => assert.equal(judge(text), null, JSON.stringify(text))),
        { numRuns: 6000, seed: 20_261_125 },
      );
    }
  });

  test(`${name}: a value shorter than the least length is never reported`, () => {
    for (const text of shorterThan(needs)) assert.equal(judge(text), null, JSON.stringify(text));
  });
}

/** All values of one byte; of the lengths above it every mix of the signs and letters that productions are made of. */
function* shorterThan({ minLength }: Needs): Generator<string> {
  const signs = Array.from('<>="\'`:;-#/(a');
  let level = [''];
  for (let length = 1; length < Math.min(minLength, 5); length++) {
    level = level.flatMap((start) => (length === 1 ? ALPHABET : signs).map((next) => start + next));
    yield* level;
    if (length === 1) level = signs;
  }
}

test('each known attack meets the needs of its grammar', () => {
  const missed = (values: readonly string[], needs: Needs) =>
    values.filter((text) => !meets(Buffer.from(text, 'utf8').toString('latin1'), needs));
  assert.deepEqual(missed([...SQL_ATTACKS, ...KNOWN_MISSES], SQLI_REQUIRES), []);
  assert.deepEqual(missed(MARKUP_ATTACKS, XSS_REQUIRES), []);
});

test('SQL: without signs one of the keywords is there', () => {
  const bare = [...SQL_ATTACKS, ...KNOWN_MISSES].filter((text) => !/['"`*()=<>|&;#@![\]{}$\\~]/.test(text));
  assert.ok(bare.length >= 8, `${bare.length} attacks of words alone`);
  for (const text of bare) assert.match(text, KEYWORD);
});
