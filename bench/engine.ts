// npm run bench -- engine [--json] [--only mix,texts,json,growth,load,memory] [--rounds N] [--seed N] [--plot FILE]: what the rule engine costs by
// itself, with OWASP CRS 4.25 at paranoia 1. Every value is made anew from the seed, so that the caches earn what they earn in traffic that never repeats.
import { readArguments } from './arguments.ts';
import { markdownTable, writeSection } from './document.ts';
import { DEFAULT_PLOT, measureGrowth } from './engine/growth.ts';
import { measureLoad } from './engine/load.ts';
import { measureMemory } from './engine/memory.ts';
import { measureLargeJson, measureMix, measureTexts, type Plan } from './engine/requests-measured.ts';
import { CELL_HEADS, cellsOf, type Result, tableOf } from './engine/result.ts';

const { json, texts } = readArguments('engine', {
  only: 'parts, e.g. mix,texts; all: mix, texts, json, growth, load, memory',
  rounds: 'how often each is measured (9)',
  seed: 'a whole number from which all values are made (1)',
  write: 'a document whose section is replaced, e.g. docs/benchmarks.md',
  plot: 'where the drawing of the growth goes (.cache/bench/engine-growth.svg)',
});
const PARTS: Readonly<Record<string, (plan: Plan) => Promise<Result[]>>> = {
  mix: measureMix,
  texts: measureTexts,
  json: measureLargeJson,
  growth: (plan) => measureGrowth({ ...plan, plot: texts.plot ?? DEFAULT_PLOT }),
  load: measureLoad,
  memory: measureMemory,
};

const rounds = Number(texts.rounds ?? 9);
const seed = Number(texts.seed ?? 1);
const wanted = texts.only?.split(',') ?? Object.keys(PARTS);
const unknown = wanted.find((name) => !(name in PARTS));
if (unknown !== undefined || !(rounds >= 1 && rounds <= 1000) || !Number.isInteger(seed)) {
  console.error(`--only takes ${Object.keys(PARTS).join(',')}; --rounds is from 1 to 1000; --seed is a whole number`);
  process.exit(2);
}

const all: Result[] = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (!wanted.includes(name)) continue;
  const results = await part({ seed, rounds });
  all.push(...results);
  if (json) for (const one of results) console.log(JSON.stringify(one));
  else console.log(`\n${tableOf(results)}`);
}
if (texts.write !== undefined) writeSection(texts.write, 'engine', markdownTable(CELL_HEADS, all.map(cellsOf)));
