import type { CompiledRule, Phase, Program } from '../compile/program.ts';
import { runRule } from '../transaction/evaluate.ts';
import { Run } from '../transaction/run.ts';
import type { Item } from '../transaction/item.ts';
import { headReads, macroNames, txUse, type TxUse } from './tx-rules.ts';

// Runs a rule set without any message, under the assumption that no rule which looks at messages matches. What the rules about TX do
// then is settled once and for all: those that do not match vanish, what they skip vanishes, what they assign becomes a constant.
// The assumption is watched while a transaction runs (TxCollection.unsettled, removals, skips): where it fails, the transaction goes
// on rule by rule.

export type SettledStep =
  | { readonly kind: 'rule'; readonly rule: CompiledRule; readonly position: number }
  | { readonly kind: 'assign'; readonly name: string; readonly value: string | undefined; readonly position: number };

export interface SettledPhase {
  /** What is left to do, in order; positions are indexes in Program.phases. */
  readonly steps: readonly SettledStep[];
  /** By position: 1 = the rule is reached. */
  readonly reached: Uint8Array;
}

export interface Settled {
  /** TX before the first rule that looks at a message. */
  readonly base: ReadonlyMap<string, Item>;
  /** Names of TX that settled rules read. */
  readonly watched: ReadonlySet<string>;
  /** What stands in the base and is assigned nowhere else. Operators may take it for granted as long as TX is as foreseen. */
  readonly known: ReadonlyMap<string, string>;
  /** By phase; 0 is empty. */
  readonly phases: readonly SettledPhase[];
}

export function settle(program: Program): Settled {
  const run = new Run(
    program,
    { clientAddress: '', clientPort: 0, serverAddress: '', serverPort: 0, engine: 'on' },
    { nowMicros: 0, uniqueId: '' },
  );
  run.forget();
  const watched = new Set<string>();
  const phases: SettledPhase[] = [{ steps: [], reached: new Uint8Array(0) }];
  for (const phase of [1, 2, 3, 4, 5] as const) phases.push(settlePhase(run, phase, watched));
  const { base, rest } = takeBase(phases[1]?.steps ?? []);
  const first = phases[1];
  if (first !== undefined) phases[1] = { ...first, steps: rest };
  const settled = new Run(run.program, run.facts, run.environment);
  for (const { name, value } of base) settled.tx.settle(name, value);
  const items = settled.tx.items();
  const later = new Set(
    phases.flatMap(({ steps }) => steps.flatMap((step) => (step.kind === 'assign' ? [step.name] : []))),
  );
  const known = new Map(items.flatMap(({ key, value }) => (later.has(key) ? [] : [[key, value] as const])));
  for (const rule of program.rules) {
    for (const link of rule.links) for (const name of macroNames(link)) if (known.has(name)) watched.add(name);
  }
  return { base: new Map(items.map((item) => [item.key, item])), watched, known, phases };
}

function settlePhase(run: Run, phase: Phase, watched: Set<string>): SettledPhase {
  const rules = run.program.phases[phase] ?? [];
  const reached = new Uint8Array(rules.length);
  const steps: SettledStep[] = [];
  for (let position = 0; position < rules.length;) {
    const rule = rules[position];
    if (rule === undefined) break;
    reached[position] = 1;
    const reads = headReads(rule);
    if (reads !== undefined && !headMatches(run, rule)) {
      for (const name of reads) watched.add(name);
      position++;
      continue;
    }
    const use = txUse(rule);
    const outcome = use === undefined ? undefined : settleRule(run, rule, use);
    if (use === undefined || outcome === undefined) {
      steps.push({ kind: 'rule', rule, position });
      position++;
      continue;
    }
    for (const name of use.reads) watched.add(name);
    for (const [name, value] of outcome.assigned) steps.push({ kind: 'assign', name, value, position });
    position = outcome.matched && rule.skipTo !== undefined ? rule.skipTo : position + 1;
  }
  return { steps, reached };
}

/** A chain ends at its first link when that does not match. */
function headMatches(run: Run, rule: CompiledRule): boolean {
  const head = rule.links[0];
  return head === undefined || runRule(run, { ...rule, links: [{ ...head, effects: [], capture: false }], ...QUIET });
}

/** A rule that is only asked whether it matches. */
const QUIET = { recorded: false, logged: false, disruption: { kind: 'pass' } } as const;

/** Undefined = the rule matches and does more than assign; it is then left to each transaction. */
function settleRule(
  run: Run,
  rule: CompiledRule,
  { writes }: TxUse,
): { matched: boolean; assigned: [string, string | undefined][] } | undefined {
  const before = new Map(writes.map((name) => [name, run.tx.get(name)]));
  const matched = runRule(run, rule);
  if ((matched && (rule.logged || rule.disruption.kind !== 'pass')) || run.scoreAdded !== 0) {
    for (const [name, value] of before) run.tx.settle(name, value);
    run.matches.length = 0;
    return undefined;
  }
  const assigned: [string, string | undefined][] = [];
  for (const [name, value] of before) {
    const after = run.tx.get(name);
    if (after !== value) assigned.push([name, after]);
  }
  return { matched, assigned };
}

type Assignment = Extract<SettledStep, { kind: 'assign' }>;

/** The assignments that come before any rule; the others stay in their places. */
function takeBase(steps: readonly SettledStep[]): { base: Assignment[]; rest: SettledStep[] } {
  const base: Assignment[] = [];
  for (const step of steps) {
    if (step.kind === 'rule') break;
    base.push(step);
  }
  return { base, rest: steps.slice(base.length) };
}
