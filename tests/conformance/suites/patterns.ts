import { globSync, readFileSync } from 'node:fs';
import { compilePattern } from '../../../packages/seclang/src/regex/index.ts';
import { parsePattern } from '../../../packages/seclang/src/regex/parse.ts';
import { printJavaScript } from '../../../packages/seclang/src/regex/print-javascript.ts';
import type { Report } from './report.ts';

// Compares the engine's matcher with V8 on every @rx pattern of a folder of rule files. Texts are the lines of a file, and strings made from
// the patterns' own words.

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

/** Undefined when both engines agree on every text, else the first text on which they do not. */
function difference(
  pattern: string,
  texts: readonly string[],
): { readonly text: string | undefined; readonly way: string } {
  const compiled = compilePattern(pattern, RX);
  const expression = new RegExp(printJavaScript(parsePattern(pattern, RX)).source);
  const text = texts.find((text) => {
    const expected = expression.exec(text);
    const found = compiled.exec(text);
    const same = compiled.test(text) === (expected !== null) && found?.captures[0] === expected?.[0];
    return !same || found?.span[0] !== expected?.index;
  });
  return { text, way: `${compiled.how}: ${compiled.why}` };
}

export function runPatterns({ rules, texts }: { rules: string; texts?: string | undefined }, report: Report): void {
  const patterns = patternsOf(rules);
  const lines = texts === undefined ? [] : readFileSync(texts, 'latin1').split('\n');
  const all = [...new Set([...lines.slice(0, MAX_TEXTS), ...textsFrom(patterns)])];
  const ways = new Map<string, number>();
  for (const pattern of patterns) {
    const { text, way } = difference(pattern, all);
    ways.set(way, (ways.get(way) ?? 0) + 1);
    const told = text === undefined ? '' : `differs on ${JSON.stringify(text.slice(0, 200))}`;
    report.case(pattern.slice(0, 200), text === undefined ? 'passed' : 'failed', told, { way });
  }
  for (const [way, count] of ways) report.note(`${count} patterns by ${way}`, { event: 'way', way, count });
}
