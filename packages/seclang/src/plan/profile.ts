import type { PipelineNode } from '../compile/pipeline.ts';
import type { Operator, WorkMeter } from '../operators/operator.ts';
import type { Item } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import { holds, type Question, type Scanner, type Sighting } from './scanner.ts';
import type { Verdict, VerdictCache } from './verdict-cache.ts';

// All that the rules of a phase ask of one kind of value (an argument, a cookie, the User-Agent), so that it is asked together:
// each value is transformed once a pipeline, scanned once for each different text that comes out, and only the patterns whose
// clauses hold are run.

/** A link of a rule, as far as one target is concerned. */
export interface Member {
  /** The bit that is set when the value answers yes. */
  readonly mark: number;
  readonly operator: Operator;
  readonly negated: boolean;
  /** All of them hold when the operator can say yes. */
  readonly questions: readonly Question[];
  readonly minLength: number;
}

/** Members that look at the value after the same transformations. */
export interface Group {
  readonly node: PipelineNode | undefined;
  /** Where it does not hold, the pipeline leaves the value as it is; undefined = it always changes it. */
  readonly touched: Question | undefined;
  /** Members that no literal decides, then all. */
  readonly plain: readonly Member[];
  readonly members: readonly Member[];
}

export interface Profile {
  readonly groups: readonly Group[];
  /** Different for each profile of a plan. */
  readonly seed: number;
}

/** The price of a verdict depends on the value alone, so it is not taken from the transaction while it is found. */
const NO_METER: WorkMeter = { spend: () => {}, exhausted: false };

/** A text that some pipeline made of the value, and what was seen in it. */
interface Variant {
  text: string;
  readonly sighting: Sighting;
}

export class Judge {
  private readonly scanner: Scanner;
  private readonly cache: VerdictCache | undefined;
  /** Used again for each value; grows to the number of different texts that pipelines make of one value. */
  private readonly variants: Variant[] = [];
  private used = 0;

  constructor(scanner: Scanner, cache: VerdictCache | undefined) {
    this.scanner = scanner;
    this.cache = cache;
  }

  verdict(profile: Profile, item: Item, run: Run): Verdict {
    const known = this.cache?.get(profile, profile.seed, item.value);
    if (known !== undefined) return known;
    const verdict = this.judge(profile, item, run);
    this.cache?.set(profile, profile.seed, item.value, verdict);
    return verdict;
  }

  private judge({ groups }: Profile, item: Item, run: Run): Verdict {
    const { value } = item;
    this.used = 0;
    const raw = this.see(value);
    const marks: number[] = [];
    let work = value.length;
    for (const { node, touched, plain, members } of groups) {
      let seen = raw;
      if (node !== undefined && (touched === undefined || holds(touched, raw.sighting))) {
        work += value.length;
        const text = transformed(item, node);
        if (text === undefined) {
          for (const member of members) marks.push(member.mark);
          continue;
        }
        if (text !== value) seen = this.see(text);
      }
      for (const member of seen.sighting.any ? members : plain) {
        if (!this.mayMatch(member, seen)) continue;
        work += seen.text.length;
        if (this.matches(member, seen.text, run)) marks.push(member.mark);
      }
    }
    return marks.length === 0 && work === value.length && value.length < CLEAN.length
      ? (CLEAN[value.length] ?? { marks, work })
      : { marks, work };
  }

  private mayMatch({ questions, minLength }: Member, { text, sighting }: Variant): boolean {
    if (text.length < minLength) return false;
    for (const question of questions) if (!holds(question, sighting)) return false;
    return true;
  }

  /** What fails here is run again in its place, and reported from there. */
  private matches({ operator, negated }: Member, text: string, run: Run): boolean {
    try {
      const found =
        operator.test === undefined ? operator.evaluate(text, run, false) !== null : operator.test(text, NO_METER);
      return found !== negated;
    } catch {
      return true;
    }
  }

  private see(text: string): Variant {
    for (let index = 0; index < this.used; index++) {
      const variant = this.variants[index];
      if (variant !== undefined && variant.text === text) return variant;
    }
    let variant = this.variants[this.used];
    if (variant === undefined) {
      variant = { text, sighting: this.scanner.sighting() };
      this.variants.push(variant);
    }
    this.used++;
    variant.text = text;
    this.scanner.scan(text, variant.sighting);
    return variant;
  }
}

/** What fails here fails again in its place, and is reported from there. */
function transformed(item: Item, node: PipelineNode): string | undefined {
  try {
    return item.after(node, NO_METER);
  } catch {
    return undefined;
  }
}

/** Verdicts of values that nothing asks more about, by length. */
const CLEAN: readonly Verdict[] = Array.from({ length: 257 }, (_, work) => ({ marks: [], work }));
