import type { PipelineNode } from '../compile/pipeline.ts';
import type { WorkMeter } from '../operators/operator.ts';
import type { Item } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import type { Group, Member, Profile } from './profile.ts';
import { holds, newSighting, type Scanner, type Sighting } from './scanner.ts';
import type { Verdict, VerdictCache } from './verdict-cache.ts';

// Each value is transformed once a pipeline, scanned once for each different text that comes out, and only the patterns whose clauses
// hold are run. Most pipelines leave most values as they are, so the value itself is looked at with the members of all those together.

/** The price of a verdict depends on the value alone, so it is not taken from the transaction while it is found. */
const NO_METER: WorkMeter = { spend: () => {}, exhausted: false };

/** A text that some pipeline made of the value, what was seen in it, and the members of the set that are to be tested on it. */
interface Variant {
  text: string;
  sighting: Sighting;
  readonly own: Sighting;
  pending: number;
}

export class Judge {
  private readonly scanner: Scanner;
  private readonly cache: VerdictCache | undefined;
  /** Used again for each value; grows to the number of different texts that pipelines make of one value. */
  private readonly variants: Variant[] = [];
  private used = 0;
  /** By place of a group: the value that is judged now differs after its pipeline. */
  private readonly changed: boolean[] = [];
  /** What the nodes of pipelines made of the value that is judged now, by node; `stamps` says whether it is of this value. */
  private readonly texts: string[] = [];
  private readonly stamps: number[] = [];
  private value = '';
  private stamp = 0;
  private marks: number[] = [];
  private work = 0;
  private run: Run | undefined;

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

  private judge(profile: Profile, item: Item, run: Run): Verdict {
    const { value } = item;
    this.run = run;
    this.value = value;
    this.stamp++;
    this.used = 0;
    this.work = value.length;
    const raw = this.see(value, undefined);
    const { groups } = profile;
    for (let place = 0; place < groups.length; place++) {
      this.changed[place] = this.judgeChanged(groups[place] as Group, raw);
    }
    for (const member of profile.plain) if (this.changed[member.group] !== true) this.ask(member, raw);
    for (let index = 0; index < raw.sighting.found; index++) {
      const members = profile.byLiteral[raw.sighting.literals[index] as number];
      if (members === undefined) continue;
      for (const member of members) if (this.changed[member.group] !== true) this.ask(member, raw);
    }
    if (profile.set !== undefined) this.askSet(profile);
    const { marks, work } = this;
    if (marks.length === 0 && work < CLEAN.length) return CLEAN[work] ?? { marks: NO_MARKS, work };
    this.marks = [];
    return { marks, work };
  }

  /** False when the pipeline leaves the value as it is; its members are then still to be asked. */
  private judgeChanged({ node, touched, touchedBeyondCase, plain, members }: Group, raw: Variant): boolean {
    if (node === undefined || (touched !== undefined && !holds(touched, raw.sighting))) return false;
    this.work += this.value.length;
    const text = this.transformed(node);
    if (text === this.value) return false;
    if (text === undefined) {
      for (const { mark } of members) this.marks.push(mark);
      return true;
    }
    const onlyCase = touchedBeyondCase !== undefined && !holds(touchedBeyondCase, raw.sighting);
    const seen = this.see(text, onlyCase ? raw.sighting : undefined);
    for (const member of seen.sighting.found > 0 ? members : plain) this.ask(member, seen);
    return true;
  }

  /** Undefined = it failed; it fails again in its place, and is reported from there. */
  private transformed(node: PipelineNode): string | undefined {
    try {
      return this.after(node);
    } catch {
      return undefined;
    }
  }

  private after(node: PipelineNode): string {
    if (this.stamps[node.id] === this.stamp) return this.texts[node.id] as string;
    const text = node.transform(node.parent === undefined ? this.value : this.after(node.parent));
    this.texts[node.id] = text;
    this.stamps[node.id] = this.stamp;
    return text;
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
        operator.test === undefined
          ? operator.evaluate(text, this.run as Run, false) !== null
          : operator.test(text, NO_METER);
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
      variant = { text, sighting: own, own, pending: 0 };
      this.variants.push(variant);
    }
    this.used++;
    variant.text = text;
    variant.pending = 0;
    variant.sighting = known ?? variant.own;
    if (known === undefined) this.scanner.scan(text, variant.own);
    return variant;
  }
}

const NO_MARKS: readonly number[] = [];

/** Verdicts of values that nothing asks more about, by what it cost to find out. */
const CLEAN: readonly Verdict[] = Array.from({ length: 1024 }, (_, work) => ({ marks: NO_MARKS, work }));
