import type { Spread } from './measure.ts';

/** One line of `npm run bench -- engine --json`. `ratio` is measured over bar: at most 1 is wanted. */
export interface Result {
  readonly name: 'engine';
  readonly case: string;
  readonly unit: 'us' | 'ms' | 'MB';
  readonly measured: number;
  readonly low: number;
  readonly high: number;
  readonly bar: number | null;
  readonly ratio: number | null;
}

export function result(name: string, unit: Result['unit'], { median, low, high }: Spread, bar?: number): Result {
  return {
    name: 'engine',
    case: name,
    unit,
    measured: rounded(median),
    low: rounded(low),
    high: rounded(high),
    bar: bar ?? null,
    ratio: bar === undefined ? null : rounded(median / bar),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}

/** A table in which each line says what was measured, its bar and how they compare. */
export function tableOf(results: readonly Result[]): string {
  const lines = results.map(({ case: name, unit, measured, low, high, bar, ratio }) => {
    const told =
      bar === null ? '' : `${String(bar).padStart(6)} ${unit}   ${ratio}x  ${measured <= bar ? 'reached' : 'MISSED'}`;
    return `${name.padEnd(42)}${`${measured} ${unit}`.padStart(14)}  ${`(${low} to ${high})`.padEnd(24)}${told}`.trimEnd();
  });
  return [
    `${'case'.padEnd(42)}${'measured'.padStart(14)}  ${'(least to most)'.padEnd(24)}${'bar'.padStart(6)}`,
    ...lines,
  ].join('\n');
}

export const CELL_HEADS = ['case', 'measured', 'least to most', 'bar', 'measured / bar'];

/** The same for a document. */
export function cellsOf({ case: name, unit, measured, low, high, bar, ratio }: Result): string[] {
  return [
    name,
    `${measured} ${unit}`,
    `${low} to ${high}`,
    bar === null ? '-' : `${bar} ${unit}`,
    String(ratio ?? '-'),
  ];
}
