import type { OperatorRun, WorkMeter } from '../operators/operator.ts';
import type { Item } from '../transaction/item.ts';
import type { Member, Profile, Stage } from './profile.ts';
import { holds, newSighting, type Scanner, type Sighting } from './scanner.ts';
import type { Verdict, VerdictCache } from './verdict-cache.ts';

// Each value is transformed once a pipeline, scanned once for each different text that comes out, and only the patterns whose clauses
// hold are run. Most pipelines leave most values as they are, so the value itself is looked at with the members of all those together.

/** The price of a verdict depends on the value alone, so it is not taken from the transaction while it is found. */
const NO_METER: WorkMeter = { spend: () => {}, exhausted: false };
/** What is judged holds no macros. */
const ALONE: OperatorRun = { work: NO_METER, macro: () => '' };

/** A text that some pipeline made of the value, what was seen in it, and the members of the set that are to be tested on it. */
interface Variant {
  text: string;
  sighting: Sighting;
  readonly own: Sighting;
  pending: number;
  /** What transformations made of the text, by their number. */
  readonly made: (Variant | undefined)[];
}

export class Judge {
  private readonly scanner: Scanner;
  private readonly cache: VerdictCache | undefined;
  /** Used again for each value; grows to the number of different texts that pipelines make of one value. */
  private readonly variants: Variant[] = [];
  private used = 0;
  /** By place of a stage: the text after it. */
  private readonly after: Variant[] = [];
  private marks: number[] = [];
  private work = 0;

  constructor(scanner: Scanner, cache: VerdictCache | undefined) {
    this.scanner = scanner;
    this.cache = cache;
  }

  verdict(profile: Profile, item: Item): Verdict {
    const known = this.cache?.get(profile, profile.seed, item.value);
    if (known !== undefined) return known;
    const verdict = this.judge(profile, item);
    this.cache?.set(profile, profile.seed, item.value, verdict);
    return verdict;
  }

  private judge(profile: Profile, item: Item): Verdict {
    const { value } = item;
    this.used = 0;
    this.work = value.length;
    const { stages, plain, byLiteral, set } = profile;
    const raw = this.see(value, undefined);
    for (let place = 0; place < stages.length; place++) this.stage(stages[place] as Stage, place, raw);
    for (const member of plain) if (this.looksAt(member, raw)) this.ask(member, raw);
    for (let index = 0; index < raw.sighting.found; index++) {
      const members = byLiteral[raw.sighting.literals[index] as number];
      if (members === undefined) continue;
      for (const member of members) if (this.looksAt(member, raw)) this.ask(member, raw);
    }
    if (set !== undefined) this.askSet(profile);
    const { marks, work } = this;
    if (marks.length === 0 && work < CLEAN.length) return CLEAN[work] ?? { marks: NO_MARKS, work };
    this.marks = [];
    return { marks, work };
  }

  /** Makes the text after a step, and asks those that look at it when it is not the value itself. */
  private stage(stage: Stage, place: number, raw: Variant): void {
    const before = stage.before < 0 ? raw : (this.after[stage.before] as Variant);
    let seen = before;
    if (stage.touched === undefined || holds(stage.touched, before.sighting)) seen = this.changed(stage, before);
    this.after[place] = seen;
    if (seen === raw) return;
    for (const member of seen.sighting.found > 0 ? stage.members : stage.plain) {
      if (!member.asChanged || seen !== before) this.ask(member, seen);
    }
  }

  /** A step that fails here fails again in its place, and is reported from there. */
  private changed({ node, kind, onlyCase, marks }: Stage, before: Variant): Variant {
    const known = before.made[kind];
    if (known !== undefined) return known;
    this.work += before.text.length;
    try {
      const text = node.transform(before.text);
      const after = text === before.text ? before : this.see(text, onlyCase ? before.sighting : undefined);
      while (before.made.length <= kind) before.made.push(undefined);
      before.made[kind] = after;
      return after;
    } catch {
      for (const mark of marks) this.marks.push(mark);
      return before;
    }
  }

  private looksAt({ stage, asChanged }: Member, raw: Variant): boolean {
    return stage < 0 || (!asChanged && this.after[stage] === raw);
  }

  private ask(member: Member, seen: Variant): void {
    const { questions, minLength, inSet, mark } = member;
    const { text, sighting } = seen;
    if (text.length < minLength) return;
    for (const question of questions) if (!holds(question, sighting)) return;
    if (inSet !== 0) seen.pending |= inSet;
    else if (this.matches(member, text)) this.marks.push(mark);
  }

  /** What fails here is run again in its place, and reported from there. */
  private matches({ operator, negated }: Member, text: string): boolean {
    this.work += text.length;
    try {
      const found =
        operator.test === undefined ? operator.evaluate(text, ALONE, false) !== null : operator.test(text, NO_METER);
      return found !== negated;
    } catch {
      return true;
    }
  }

  private askSet({ plain, set }: Profile): void {
    for (let index = 0; index < this.used; index++) {
      const { pending, text } = this.variants[index] as Variant;
      if (pending === 0) continue;
      this.work += text.length;
      const found = (set?.matchedBy(text) ?? 0) & pending;
      if (found !== 0) for (const { inSet, mark } of plain) if ((found & inSet) !== 0) this.marks.push(mark);
    }
  }

  /** `known` = what a text that differs only in the case of letters showed. */
  private see(text: string, known: Sighting | undefined): Variant {
    for (let index = 0; index < this.used; index++) {
      const variant = this.variants[index] as Variant;
      if (variant.text === text) return variant;
    }
    let variant = this.variants[this.used];
    if (variant === undefined) {
      const own = newSighting(this.scanner);
      variant = { text, sighting: own, own, pending: 0, made: [] };
      this.variants.push(variant);
    }
    this.used++;
    variant.text = text;
    variant.pending = 0;
    const { made } = variant;
    for (let index = 0; index < made.length; index++) made[index] = undefined;
    variant.sighting = known ?? variant.own;
    if (known === undefined) this.scanner.scan(text, variant.own);
    return variant;
  }
}

const NO_MARKS: readonly number[] = [];

/** Verdicts of values that nothing asks more about, by what it cost to find out. */
const CLEAN: readonly Verdict[] = Array.from({ length: 1024 }, (_, work) => ({ marks: NO_MARKS, work }));
