import type { RuleSet } from '@seawall/seclang';
import { crsPolicy, loadPolicy } from './crs.ts';
import { judge, mustPass } from './judge.ts';
import { measureInTurns, type Spread, type Subject } from './measure.ts';
import { Random } from './random.ts';
import { type Request, requestOf } from './requests.ts';
import { type Result, result } from './result.ts';
import { prose, TEXT_KINDS } from './texts.ts';
import { SHAPES, VariedMix } from './varied-mix.ts';

export interface Plan {
  readonly seed: number;
  readonly rounds: number;
}

const MEAN_BAR_MICROS = 40;
const PROSE_BAR_MICROS = 150;
const JSON_BAR_MS = 100;
const REQUESTS_A_ROUND = 300;
const TEXTS_A_ROUND = 100;

/** The six shapes of the varied mix, each alone and all in turn. */
export async function measureMix({ seed, rounds }: Plan): Promise<Result[]> {
  const ruleSet = loadPolicy(await crsPolicy({ paranoia: 1, responseBody: false }));
  const mix = new VariedMix(seed);
  const subjects: Subject[] = SHAPES.map((shape) => ({
    name: shape,
    perRound: REQUESTS_A_ROUND,
    make: (count) =>
      run(
        ruleSet,
        made(count, () => mix.make(shape)),
        shape,
      ),
  }));
  let turn = 0;
  const inTurn = 'six shapes in turn';
  subjects.push({
    name: inTurn,
    perRound: REQUESTS_A_ROUND * 2,
    make: (count) => {
      const requests = made(count, () => mix.make(SHAPES[turn++ % SHAPES.length] ?? SHAPES[0]));
      return run(ruleSet, requests, inTurn);
    },
  });
  const spreads = measureInTurns(subjects, rounds);
  const shapes = SHAPES.map((shape) => result(shape, 'us', spreadIn(spreads, shape)));
  const mean = shapes.reduce((sum, { measured }) => sum + measured, 0) / shapes.length;
  return [
    ...shapes,
    result('mean of the six shapes', 'us', { median: mean, low: mean, high: mean }, MEAN_BAR_MICROS),
    result(inTurn, 'us', spreadIn(spreads, inTurn), MEAN_BAR_MICROS),
  ];
}

/** One long value of each kind, as a member of a JSON body. Judged without refusing: code and SQL-like prose may reach the threshold. */
export async function measureTexts({ seed, rounds }: Plan): Promise<Result[]> {
  const ruleSet = loadPolicy(await crsPolicy({ paranoia: 1, responseBody: false }));
  const mix = new VariedMix(seed + 1);
  const random = new Random(seed + 1);
  const message = (text: string) =>
    requestOf({ ...POST, fields: mix.headers(), target: '/api/messages', body: JSON.stringify({ text }) });
  const subjects = TEXT_KINDS.map(({ name, make }): Subject => ({
    name,
    perRound: TEXTS_A_ROUND,
    make: (count) => {
      const requests = made(count, () => message(make(random)));
      return () => {
        for (const request of requests) judge(ruleSet, request, 'detect');
      };
    },
  }));
  // What a request costs that has no such value, so that the value's own share can be told.
  const bare = 'the same request, 5 characters';
  subjects.push({
    name: bare,
    perRound: TEXTS_A_ROUND,
    make: (count) =>
      run(
        ruleSet,
        made(count, () => message(random.hex(5))),
        bare,
      ),
  });
  const spreads = measureInTurns(subjects, rounds);
  return subjects.map(({ name }) => {
    const bar = name === 'English prose' ? PROSE_BAR_MICROS : undefined;
    return result(name === bare ? bare : `2,000 characters of ${name}`, 'us', spreadIn(spreads, name), bar);
  });
}

const LARGE_BODIES = `SecArgumentsLimit 30000
SecRequestBodyNoFilesLimit 2097152
SecRequestBodyLimit 13107200
SecRuleRemoveById 200007
`;
const LARGE_BYTES = 800 * 1024;
const MEMBERS = 20_000;

/** 800 KB of JSON, as many short members and as one string. */
export async function measureLargeJson({ seed, rounds }: Plan): Promise<Result[]> {
  const ruleSet = loadPolicy(await crsPolicy({ paranoia: 1, responseBody: false, settings: LARGE_BODIES }));
  const mix = new VariedMix(seed + 2);
  const random = new Random(seed + 2);
  const long = () => JSON.stringify({ text: prose(random, LARGE_BYTES) });
  const members = () => {
    const parts = Array.from({ length: MEMBERS }, (_, at) => `"m${at}":"${prose(random, 19)} ${random.hex(8)}"`);
    return `{${parts.join(',')}}`;
  };
  const of = (name: string, body: () => string): Subject => ({
    name,
    perRound: 1,
    make: () =>
      run(ruleSet, [requestOf({ ...POST, fields: mix.headers(), target: '/api/import', body: body() })], name),
  });
  const subjects = [of('800 KB JSON, 20,000 members', members), of('800 KB JSON, one string', long)];
  const spreads = measureInTurns(subjects, Math.min(rounds, 5));
  return subjects.map(({ name }) => {
    const { median, low, high } = spreadIn(spreads, name);
    return result(name, 'ms', { median: median / 1000, low: low / 1000, high: high / 1000 }, JSON_BAR_MS);
  });
}

const POST = { method: 'POST', type: 'application/json' } as const;

function made(count: number, make: () => Request): Request[] {
  return Array.from({ length: count }, make);
}

function run(ruleSet: RuleSet, requests: readonly Request[], what: string): () => void {
  return () => {
    for (const request of requests) mustPass(judge(ruleSet, request), what);
  };
}

function spreadIn(spreads: ReadonlyMap<string, Spread>, name: string): Spread {
  const spread = spreads.get(name);
  if (spread === undefined) throw new Error(`${name} was not measured`);
  return spread;
}
