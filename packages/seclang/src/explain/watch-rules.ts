import type { CompiledLink, CompiledRule, Program } from '../compile/program.ts';
import type { PipelineNode } from '../compile/pipeline.ts';
import type { OperatorHit } from '../operators/operator.ts';
import type { RuleObserver, SkipReason } from '../transaction/observer.ts';
import type { Run } from '../transaction/run.ts';
import type { Need } from './explanation.ts';
import { lackOf, needOf } from './requirement.ts';

/** Kept of one rule; more values prove no more. */
const MAX_HITS = 8;

/** Looking again for what a pattern needs costs a pass over the value for each rule. */
const MAX_PREFILTERED = 262_144;

/** One value that made a link match. */
export interface Sighting {
  readonly link: CompiledLink;
  readonly name: string;
  readonly original: string;
  readonly steps: readonly { readonly node: PipelineNode; readonly before: string; readonly after: string }[];
  readonly value: string;
  readonly found: OperatorHit | null;
}

/** What became of one rule while it was watched. */
export interface Watched {
  looked: boolean;
  complete: boolean;
  values: number;
  /** Of the link that runs, from 1. */
  link: number;
  broken: boolean;
  /** Of the link at which the chain broke: values tested, and how many lacked what the pattern needs. */
  linkValues: number;
  lacking: number;
  need: Need | undefined;
  skipped: SkipReason | undefined;
  byRule: CompiledRule | undefined;
  hits: number;
  readonly sightings: Sighting[];
}

/** Writes down what one transaction does with each rule. */
export class RuleWatch implements RuleObserver {
  readonly phases = new Set<number>();
  /** By CompiledRule.index. */
  readonly watched: Watched[];
  readonly #run: () => Run;
  #last: CompiledRule | undefined;
  #steps: { node: PipelineNode; before: string; after: string }[] = [];
  readonly #removers: (CompiledRule | undefined)[] = [];

  constructor(program: Program, run: () => Run) {
    this.#run = run;
    this.watched = program.rules.map(() => ({
      looked: false,
      complete: false,
      values: 0,
      link: 0,
      broken: false,
      linkValues: 0,
      lacking: 0,
      need: undefined,
      skipped: undefined,
      byRule: undefined,
      hits: 0,
      sightings: [],
    }));
  }

  phase(phase: 1 | 2 | 3 | 4 | 5): void {
    // What is gone before the first rule ran was removed by no rule.
    if (this.phases.size === 0) this.#noteRemovals(undefined);
    this.phases.add(phase);
  }

  rule(rule: CompiledRule): void {
    this.#last = rule;
    this.#steps = [];
    const watched = this.#of(rule);
    watched.looked = true;
    watched.link = 0;
  }

  link(rule: CompiledRule): void {
    const watched = this.#of(rule);
    watched.link++;
    watched.linkValues = 0;
    watched.lacking = 0;
    watched.need = undefined;
  }

  // oxlint-disable-next-line max-params -- as RuleObserver has it
  value(
    _link: CompiledLink,
    _target: unknown,
    _item: unknown,
    _name: string,
    node: PipelineNode,
    before: string,
    after: string,
  ): void {
    this.#steps.push({ node, before, after });
  }

  // oxlint-disable-next-line max-params -- as RuleObserver has it
  tested(
    link: CompiledLink,
    _target: unknown,
    item: { readonly value: string },
    name: string,
    value: string,
    found: OperatorHit | null,
    negated: boolean,
  ): void {
    const steps = this.#steps;
    this.#steps = [];
    if (this.#last === undefined) return;
    const watched = this.#of(this.#last);
    watched.values++;
    watched.linkValues++;
    if ((found !== null) !== negated) {
      watched.hits++;
      const original = steps[0]?.before ?? item.value;
      if (watched.sightings.length < MAX_HITS) watched.sightings.push({ link, name, original, steps, value, found });
      return;
    }
    const requires = link.operator?.requires;
    // A rule that wants the pattern not to be there is never spared by what it needs.
    if (requires === undefined || negated || watched.lacking < watched.linkValues - 1) return;
    if (value.length > MAX_PREFILTERED) return;
    const lack = lackOf(requires, value);
    if (lack === undefined) return;
    watched.lacking++;
    watched.need ??= needOf(requires, lack);
  }

  matched(rule: CompiledRule, complete: boolean): void {
    const watched = this.#of(rule);
    watched.complete = complete;
    watched.broken = !complete;
    if (rule.links.some((link) => link.effects.length > 0)) this.#noteRemovals(rule);
  }

  effect(): void {}

  skipped(rule: CompiledRule, why: SkipReason): void {
    const watched = this.#of(rule);
    watched.skipped = why;
    watched.byRule = why.startsWith('removed') ? this.#removers[rule.index] : this.#last;
  }

  /** Rules that are gone since this one ran. */
  #noteRemovals(rule: CompiledRule | undefined): void {
    const removed = this.#run().removedRules;
    if (removed === undefined) return;
    for (let index = 0; index < removed.length; index++) {
      if (removed[index] !== 0 && !(index in this.#removers)) this.#removers[index] = rule;
    }
  }

  #of(rule: CompiledRule): Watched {
    const watched = this.watched[rule.index];
    if (watched === undefined) throw new Error(`rule ${rule.id} is not of this program`);
    return watched;
  }
}
