import { BARE, INSPECTING, type Name } from './rows.ts';
import { MIXES, type Mix } from './wrk.ts';

export interface Options {
  readonly paranoia: readonly number[];
  readonly mixes: readonly Mix[];
  readonly bodies: readonly boolean[];
  readonly names: readonly Name[];
  readonly rounds: number;
  /** Of one run of wrk; undefined = long where the bar counts, short elsewhere. */
  readonly seconds: number | undefined;
}

export const DEFAULTS: Options = {
  paranoia: [1, 2, 3, 4],
  mixes: MIXES,
  bodies: [false, true],
  names: [...INSPECTING, ...BARE],
  rounds: 3,
  seconds: undefined,
};

const LONG_SECONDS = 10;
const SHORT_SECONDS = 4;

export function secondsOf(options: Options, paranoia: number, responseBody: boolean): number {
  return options.seconds ?? (paranoia === 1 && !responseBody ? LONG_SECONDS : SHORT_SECONDS);
}

export type Values = Readonly<Partial<Record<'paranoia' | 'mix' | 'bodies' | 'only' | 'rounds' | 'seconds', string>>>;

/** Throws with what may be said instead. */
export function readOptions(values: Values, defaults: Options): Options {
  return {
    paranoia: listOf('paranoia', values.paranoia, ['1', '2', '3', '4'])?.map(Number) ?? defaults.paranoia,
    mixes: listOf('mix', values.mix, MIXES) ?? defaults.mixes,
    bodies: listOf('bodies', values.bodies, ['off', 'on'])?.map((one) => one === 'on') ?? defaults.bodies,
    names: listOf('only', values.only, [...INSPECTING, ...BARE]) ?? defaults.names,
    rounds: numberOf('rounds', values.rounds, 100) ?? defaults.rounds,
    seconds: numberOf('seconds', values.seconds, 600) ?? defaults.seconds,
  };
}

function listOf<T extends string>(option: string, text: string | undefined, known: readonly T[]): T[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word.trim());
    if (found === undefined) throw new Error(`--${option} takes ${known.join(', ')}, not "${word}"`);
    return found;
  });
}

function numberOf(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Error(`--${option} is a whole number from 1 to ${most}`);
}
