import { existsSync, globSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compilePattern } from '../../packages/seclang/src/regex/index.ts';
import { parsePattern } from '../../packages/seclang/src/regex/parse.ts';
import { printJavaScript } from '../../packages/seclang/src/regex/print-javascript.ts';

// Compares the engine's matcher with V8 on every @rx pattern of a folder of rule files:
//   node tests/conformance/patterns.ts --rules DIR [--texts FILE]... [--json]
// Texts are lines of the files given, and strings made from the patterns' own words. Exit 0 when all agree, 1 when not.

const RX = { dotAll: true, multiline: true };
const MAX_TEXTS = 400;

function patternsOf(folder: string): string[] {
  const found = globSync(`${folder}/**/*.conf`)
    .sort()
    .flatMap((file) => {
      const text = readFileSync(file, 'latin1')
        .replace(/^[ \t]*#.*$/gm, '')
        .replace(/\\\r?\n[ \t]*/g, '');
      return [...text.matchAll(/"!?@rx ((?:[^"\\]|\\[^])*)"/g)].map((match) => (match[1] ?? '').replaceAll('\\"', '"'));
    });
  // A pattern with a macro is no pattern before the macro is expanded.
  return [...new Set(found)].filter((pattern) => !pattern.includes('%{'));
}

/** Words and punctuation of the patterns in a fixed pseudo-random order: texts that nearly match. */
function textsFrom(patterns: readonly string[]): string[] {
  const words = [...new Set(patterns.flatMap((pattern) => pattern.match(/[a-z_]{3,}|[^a-z0-9\\]/gi) ?? []))];
  const texts: string[] = [];
  let seed = 20_261_123;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let count = 0; count < 150; count++) {
    texts.push(
      Array.from({ length: 1 + next(12) }, () => words[next(words.length)] ?? '').join(next(2) === 0 ? '' : ' '),
    );
    texts.push(Array.from({ length: next(40) }, () => String.fromCharCode(next(256))).join(''));
  }
  return texts;
}

interface Totals {
  compared: number;
  matched: number;
  differing: number;
}

function compare(pattern: string, texts: readonly string[], totals: Totals, report: (text: string) => void): string {
  const compiled = compilePattern(pattern, RX);
  const expression = new RegExp(printJavaScript(parsePattern(pattern, RX)).source);
  for (const text of texts) {
    const expected = expression.exec(text);
    const found = compiled.exec(text);
    totals.compared++;
    if (expected !== null) totals.matched++;
    const same = compiled.test(text) === (expected !== null) && found?.captures[0] === expected?.[0];
    if (same && found?.span[0] === expected?.index) continue;
    totals.differing++;
    report(`${pattern.slice(0, 200)} on ${JSON.stringify(text.slice(0, 200))}: ${JSON.stringify(found?.span)}`);
  }
  return `${compiled.how}: ${compiled.why}`;
}

function main(): number {
  const options = {
    rules: { type: 'string' },
    texts: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ options });
  if (values.rules === undefined || !existsSync(values.rules)) {
    console.error('Give a folder of rule files: --rules DIR');
    return 2;
  }
  const patterns = patternsOf(values.rules);
  const lines = (values.texts ?? []).flatMap((file) => readFileSync(file, 'latin1').split('\n'));
  const texts = [...new Set([...lines.slice(0, MAX_TEXTS), ...textsFrom(patterns)])];
  const totals: Totals = { compared: 0, matched: 0, differing: 0 };
  const ways = new Map<string, number>();
  for (const pattern of patterns) {
    const way = compare(pattern, texts, totals, (text) => {
      console.log(values.json === true ? JSON.stringify({ event: 'differs', text }) : text);
    });
    ways.set(way, (ways.get(way) ?? 0) + 1);
  }
  if (values.json === true) {
    console.log(
      JSON.stringify({ event: 'summary', patterns: patterns.length, ways: Object.fromEntries(ways), ...totals }),
    );
  } else {
    for (const [way, count] of ways) console.log(`${count} patterns by ${way}`);
    const { compared, matched, differing } = totals;
    console.log(`${compared - differing} passed, ${differing} failed, 0 skipped (${matched} were matches)`);
  }
  return totals.differing === 0 && patterns.length > 0 ? 0 : 1;
}

process.exitCode = main();
