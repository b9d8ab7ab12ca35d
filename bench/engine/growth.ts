import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RuleSet } from '@seawall/seclang';
import { crsPolicy, loadPolicy } from './crs.ts';
import { judge } from './judge.ts';
import { measureInTurns } from './measure.ts';
import { drawPlot, type Series, textPlot } from './plot.ts';
import { Random } from './random.ts';
import { requestOf, type Request } from './requests.ts';
import { type Result, result } from './result.ts';
import { prose } from './texts.ts';
import { VariedMix } from './varied-mix.ts';
import { NOUNS } from './words.ts';

const VALUE_CHARACTERS = [10, 100, 1000, 10_000, 100_000] as const;
const ARGUMENTS = [1, 10, 100, 1000, 10_000] as const;
const RULES = [1, 10, 100, 1000] as const;
const LARGE = 'SecArgumentsLimit 30000\nSecRequestBodyNoFilesLimit 2097152\nSecRuleRemoveById 200007\n';

export interface GrowthPlan {
  readonly seed: number;
  readonly rounds: number;
  /** Where the drawing goes. */
  readonly plot: string;
}

interface Point {
  readonly x: number;
  readonly ruleSet: RuleSet;
  readonly make: () => Request;
}

/** What a request costs while one thing about it, or about the rules, grows. Linear is what is promised: a slope of 1 in the drawing at most. */
export async function measureGrowth({ seed, rounds, plot }: GrowthPlan): Promise<Result[]> {
  const random = new Random(seed + 3);
  const mix = new VariedMix(seed + 3);
  const crs = loadPolicy(await crsPolicy({ paranoia: 1, responseBody: false, settings: LARGE }));
  const json = (body: string) =>
    requestOf({ method: 'POST', target: '/api/import', type: 'application/json', fields: mix.headers(), body });
  const word = () => `${random.of(NOUNS)} ${random.hex(8)}`;
  const member = (_: unknown, at: number) => `"m${at}":"${word()}"`;
  const lengths = VALUE_CHARACTERS.map((x) => ({
    x,
    ruleSet: crs,
    make: () => json(JSON.stringify({ text: prose(random, x) })),
  }));
  const counts = ARGUMENTS.map((x) => ({
    x,
    ruleSet: crs,
    make: () => json(`{${Array.from({ length: x }, member).join(',')}}`),
  }));
  const rules: Point[] = [];
  for (const x of RULES) {
    const ruleSet = loadPolicy(await crsPolicy({ paranoia: 1, responseBody: false, more: madeRules(random, x) }));
    rules.push({ x, ruleSet, make: () => json(JSON.stringify({ text: prose(random, 300) })) });
  }
  const series = [
    measureSeries('characters of one value', lengths, rounds),
    measureSeries('arguments of 15 characters', counts, rounds),
    measureSeries('rules added to CRS, message of 300', rules, rounds),
  ];
  mkdirSync(dirname(plot), { recursive: true });
  writeFileSync(plot, drawPlot('What an inspection costs as things grow', series));
  console.error(`${textPlot(series)}\ndrawn in ${plot}`);
  return series.flatMap(({ name, points }) =>
    points.map(({ x, y, low, high }) => result(`${x.toLocaleString('en')} ${name}`, 'us', { median: y, low, high })),
  );
}

export const DEFAULT_PLOT = join(import.meta.dirname, '../../.cache/bench/engine-growth.svg');

function measureSeries(name: string, points: readonly Point[], rounds: number): Series {
  const spreads = measureInTurns(
    points.map(({ x, ruleSet, make }) => ({
      name: String(x),
      // Long inputs are measured well enough by few of them.
      perRound: Math.max(2, Math.min(60, Math.round(20_000 / x))),
      make: (count) => {
        const requests = Array.from({ length: count }, make);
        return () => {
          for (const request of requests) judge(ruleSet, request, 'detect');
        };
      },
    })),
    Math.min(rounds, 5),
  );
  return {
    name,
    points: points.map(({ x }) => {
      const { median, low, high } = spreads.get(String(x)) ?? { median: Number.NaN, low: 0, high: 0 };
      return { x, y: median, low, high };
    }),
  };
}

/** Rules as people write them: words in a context, no two alike, none of which ordinary prose matches. */
function madeRules(random: Random, count: number): string {
  return Array.from({ length: count }, (_, at) => {
    const [a, b] = [`${random.of(NOUNS)}${random.hex(3)}`, `${random.of(NOUNS)}${random.hex(3)}`];
    return `SecRule ARGS|REQUEST_COOKIES "@rx (?i)\\b(?:${a}|${b})\\s*[(=]\\s*['\\"]" "id:${8_000_000 + at},phase:2,block,t:none,t:urlDecodeUni,t:lowercase,log,msg:'made',setvar:tx.inbound_anomaly_score_pl1=+5"\n`;
  }).join('');
}
