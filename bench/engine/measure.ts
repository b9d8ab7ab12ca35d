export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Microseconds on a processor, all threads of this process: garbage collection and compilation of V8 are part of what inspection costs. */
export function cpuMicros(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) throw new Error('nothing was measured');
  const middle = sorted.length / 2;
  const [a, b] = [sorted[Math.ceil(middle) - 1] ?? low, sorted[Math.floor(middle)] ?? high];
  return { median: (a + b) / 2, low, high };
}

export interface Subject {
  readonly name: string;
  /** Makes inputs that never came before; not measured. */
  readonly make: (count: number) => () => void;
  /** How many inputs one round has. */
  readonly perRound: number;
}

/** Inputs made at once: few, so that the collector does not copy what the bench keeps while the engine is measured. */
const BATCH = 50;

/** V8 is still compiling what runs most; a worker is warm for all but its first seconds. */
const WARM_ROUNDS = 3;

/** All subjects take turns in each round, so that whatever else the machine does hits all alike. CPU microseconds an input. */
export function measureInTurns(subjects: readonly Subject[], rounds: number): ReadonlyMap<string, Spread> {
  const measured = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = -WARM_ROUNDS; round < rounds; round++) {
    for (const subject of subjects) {
      const micros = oneRound(subject);
      if (round >= 0) measured.get(subject.name)?.push(micros);
    }
  }
  return new Map([...measured].map(([name, values]) => [name, spreadOf(values)]));
}

function oneRound({ make, perRound }: Subject): number {
  let micros = 0;
  for (let done = 0; done < perRound; done += BATCH) micros += cpuMicros(make(Math.min(BATCH, perRound - done)));
  return micros / perRound;
}
