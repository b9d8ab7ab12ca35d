// npm run bench -- engine [--json] [--only mix,texts,json,growth,load,memory] [--rounds N] [--seed N] [--plot FILE]: what the rule engine costs by
// itself, with OWASP CRS 4.25 at paranoia 1. Every value is made anew from the seed, so that the caches earn what they earn in traffic that never repeats.
import { parseArgs } from 'node:util';
import { DEFAULT_PLOT, measureGrowth } from './engine/growth.ts';
import { measureLoad } from './engine/load.ts';
import { measureLargeJson, measureMix, measureTexts, type Plan } from './engine/requests-measured.ts';
import { type Result, tableOf } from './engine/result.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
    plot: { type: 'string' },
  },
});
const PARTS: Readonly<Record<string, (plan: Plan) => Promise<Result[]>>> = {
  mix: measureMix,
  texts: measureTexts,
  json: measureLargeJson,
  growth: (plan) => measureGrowth({ ...plan, plot: values.plot ?? DEFAULT_PLOT }),
  load: measureLoad,
};

const rounds = Number(values.rounds ?? 9);
const seed = Number(values.seed ?? 1);
const wanted = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = wanted.find((name) => !(name in PARTS));
if (unknown !== undefined || !(rounds >= 1 && rounds <= 1000) || !Number.isInteger(seed)) {
  console.error(`--only takes ${Object.keys(PARTS).join(',')}; --rounds is from 1 to 1000; --seed is a whole number`);
  process.exit(2);
}

for (const [name, part] of Object.entries(PARTS)) {
  if (!wanted.includes(name)) continue;
  const results = await part({ seed, rounds });
  if (values.json === true) for (const one of results) console.log(JSON.stringify(one));
  else console.log(`\n${tableOf(results)}`);
}
