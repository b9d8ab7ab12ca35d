import type { ConnectionFacts, Decision, Environment, Match } from '../api.ts';
import type { CompiledLink, CompiledRule, Program, TargetRemoval } from '../compile/program.ts';
import type { EngineSettings } from '../load/settings.ts';
import type { PipelineNode } from '../compile/pipeline.ts';
import { macroReference, macroValue, type MacroReference } from '../compile/template.ts';
import type { Plan } from '../plan/plan.ts';
import type { OperatorHit, OperatorRun, WorkMeter } from '../operators/operator.ts';
import { STEADY_SLOTS } from '../variables/registry.ts';
import type { Variable } from '../variables/variable.ts';
import { Item, NO_ITEMS } from './item.ts';
import type { RuleObserver } from './observer.ts';
import { PersistentCollections } from './persistent.ts';
import { RequestState } from './request.ts';
import { ResponseState } from './response.ts';
import { TxCollection } from './tx.ts';

/** A value that matched, kept until the chain is decided. */
export interface Hit {
  readonly link: CompiledLink;
  readonly name: string;
  readonly item: Item;
  readonly node: PipelineNode | undefined;
  readonly value: string;
  readonly found: OperatorHit | null;
}

/** What a rule matched; its name is put together only when somebody asks, because most rules that match every time do not. */
export class MatchedValue {
  readonly value: string;
  private readonly label: string;
  private readonly key: string;

  constructor(label: string, key: string, value: string) {
    this.label = label;
    this.key = key;
    this.value = value;
  }

  get name(): string {
    return this.key === '' ? this.label : `${this.label}:${this.key}`;
  }
}

const NO_VARIABLES: ReadonlyMap<string, string> = new Map();
/** Names stand in rules, so there are some hundred. */
const MACROS = new Map<string, MacroReference>();
const MACROS_KEPT = 2000;

const EMPTY_SLOTS: readonly undefined[] = Array.from({ length: STEADY_SLOTS }, () => undefined);
const NOTHING_MATCHED = new MatchedValue('', '', '');

/** All that one transaction knows while its rules run. */
export class Run implements OperatorRun, WorkMeter {
  readonly program: Program;
  readonly facts: ConnectionFacts;
  readonly environment: Environment;
  readonly request = new RequestState();
  readonly response = new ResponseState();
  readonly tx = new TxCollection();
  readonly persistent: PersistentCollections;
  readonly observer: RuleObserver | undefined;
  geo: readonly Item[] = NO_ITEMS;
  environmentVariables: ReadonlyMap<string, string>;
  engine: 'on' | 'detect' | 'off';
  /** `ctl:auditEngine`; undefined = as the files say. */
  auditEngine: EngineSettings['auditEngine'];
  decision: Decision = { kind: 'continue' };
  /** `allow`: phases up to this one are skipped. */
  allowedThrough = 0;
  highestSeverity = 255;
  workUsed = 0;
  readonly matches: Match[] = [];
  readonly failures: { ruleId: number; text: string }[] = [];
  /** By CompiledRule.index; the values are places in REMOVALS. */
  removedRules: Uint8Array | undefined;
  removedTargets: ReadonlyMap<CompiledRule, readonly TargetRemoval[]> | undefined;

  // Of the rule that runs now.
  rule: CompiledRule | undefined;
  message = '';
  logdata = '';
  scoreAdded = 0;
  readonly hits: Hit[] = [];
  readonly matchedVars: MatchedValue[] = [];
  lastMatched: MatchedValue = NOTHING_MATCHED;

  /** Undefined = every rule is run on every value. */
  plan: Plan | undefined;
  /** Nothing happened yet that makes settled rules run differently. */
  asForeseen = true;
  /** Bits of the phases that ran. */
  phasesRun = 0;

  private readonly slots: (readonly Item[] | undefined)[] = EMPTY_SLOTS.slice();
  private readonly budget: number;

  constructor(program: Program, facts: ConnectionFacts, environment: Environment) {
    this.program = program;
    this.facts = facts;
    this.environment = environment;
    this.engine = facts.engine;
    this.observer = environment.observer;
    this.environmentVariables = environment.variables ?? NO_VARIABLES;
    this.persistent = new PersistentCollections(environment.collections, program.settings.collectionTimeoutSeconds);
    this.budget = environment.workBudget ?? Number.POSITIVE_INFINITY;
  }

  /** `@geoLookup`, which rules see in GEO. */
  locate(place: ReadonlyMap<string, string> | undefined): void {
    this.geo = [...(place ?? [])].map(([name, value]) => new Item(name, value));
  }

  /** `setenv`, which rules see in ENV. */
  setEnvironmentVariable(name: string, value: string): void {
    this.environmentVariables = new Map([...this.environmentVariables, [name, value]]);
  }

  follow(plan: Plan): void {
    this.plan = plan;
    this.tx.standOn(plan.base, plan.watched);
  }

  get work(): WorkMeter {
    return this;
  }

  spend(units: number): void {
    this.workUsed += units;
  }

  get exhausted(): boolean {
    return this.workUsed > this.budget;
  }

  /** The values of a variable; those that cannot change within a phase are made once. */
  read(variable: Variable): readonly Item[] {
    const { slot } = variable;
    if (slot === undefined) return variable.read(this);
    let items = this.slots[slot];
    if (items === undefined) {
      items = variable.read(this);
      this.slots[slot] = items;
    }
    return items;
  }

  /** After something new is known of the messages. */
  forget(): void {
    this.slots.fill(undefined);
  }

  macro(name: string): string {
    let reference = MACROS.get(name);
    if (reference === undefined) {
      reference = macroReference(name);
      if (MACROS.size < MACROS_KEPT) MACROS.set(name, reference);
    }
    return macroValue(reference, this);
  }

  ruleField(key: string): string {
    switch (key) {
      case 'id':
        return this.rule === undefined ? '' : String(this.rule.id);
      case 'msg':
        return this.rule?.message === undefined ? this.message : this.message || this.rule.message.text;
      case 'logdata':
        return this.logdata || (this.rule?.logdata?.text ?? '');
      case 'severity':
        return this.rule?.severity === undefined ? '' : String(this.rule.severity);
      case 'ver':
        return this.rule?.version ?? '';
      case 'rev':
        return this.rule?.revision ?? '';
      default:
        return '';
    }
  }
}
