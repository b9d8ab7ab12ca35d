import type { Operator } from '../operators/operator.ts';
import type { EngineSettings } from '../load/settings.ts';
import type { Run } from '../transaction/run.ts';
import type { Variable } from '../variables/variable.ts';
import type { Template } from './template.ts';
import type { PipelineNode } from './pipeline.ts';

// The rule set as the evaluator wants it: flat arrays a phase, everything by reference, nothing looked up by name.

export type Phase = 1 | 2 | 3 | 4 | 5;

export interface Program {
  readonly settings: EngineSettings;
  /** All rules in the order of the files. */
  readonly rules: readonly CompiledRule[];
  /** Index = phase; 0 is empty. */
  readonly phases: readonly (readonly CompiledRule[])[];
  /** Rules that a directive took away while loading, with its name. */
  readonly removed: readonly { readonly id: number; readonly by: string }[];
}

export interface CompiledRule {
  /** Position in Program.rules. */
  readonly index: number;
  readonly id: number;
  readonly phase: Phase;
  readonly file: string;
  readonly line: number;
  readonly operatorText: string;
  readonly message: Template | undefined;
  readonly logdata: Template | undefined;
  readonly tags: readonly Template[];
  readonly severity: number | undefined;
  readonly version: string;
  readonly revision: string;
  readonly links: readonly CompiledLink[];
  readonly disruption: Disruption;
  readonly logged: boolean;
  /** For the audit log: `auditlog`, `noauditlog`, else as it is logged. */
  readonly audited: boolean;
  /** Something is to be kept when the rule matches; the others leave no trace but their effects. */
  readonly recorded: boolean;
  /** Index in the phase at which evaluation goes on after a match; undefined = with the next rule. */
  skipTo: number | undefined;
  /** `skip:N` said so, not `skipAfter`. */
  readonly skipsByCount: boolean;
}

export type Disruption =
  | { readonly kind: 'pass' }
  | { readonly kind: 'deny'; readonly status: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: Template }
  | { readonly kind: 'allow'; readonly scope: 'all' | 'phase' | 'request' };

/** One `SecRule` of a chain, or a `SecAction`. */
export interface CompiledLink {
  readonly file: string;
  readonly line: number;
  readonly targets: readonly CompiledTarget[];
  /** Absent for `SecAction`, which always matches. */
  readonly operator: Operator | undefined;
  readonly operatorText: string;
  /** The operator's argument when it holds macros. */
  readonly argument: Template | undefined;
  /** The operator with its macros replaced by what TX is known to hold; undefined when that does not say all of them. */
  readonly withKnown: ((known: ReadonlyMap<string, string>) => Operator | undefined) | undefined;
  readonly negated: boolean;
  readonly pipeline: PipelineNode | undefined;
  /** All steps of the pipeline when each of them is to be matched. */
  readonly multiMatch: readonly PipelineNode[] | undefined;
  readonly capture: boolean;
  /** Once for each value that matches. */
  readonly effects: readonly Effect[];
  readonly message: Template | undefined;
  readonly logdata: Template | undefined;
}

export interface Effect {
  (run: Run): void;
  /** What it does, when that is one assignment in TX and nothing else. */
  readonly assigns?: TxAssignment;
  /** As the rule writes it. */
  readonly text?: string;
}

export interface TxAssignment {
  readonly name: Template;
  readonly value: Template;
}

export interface CompiledTarget {
  /** `ARGS`; with the member's key it is the name people see. */
  readonly name: string;
  readonly text: string;
  readonly variable: Variable;
  readonly selector: Selector;
  readonly count: boolean;
  readonly exclusions: readonly Selector[];
}

export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'key'; readonly lowerKey: string }
  | { readonly kind: 'pattern'; readonly pattern: { test(value: string): boolean } };

/** A target taken away from rules by `ctl:ruleRemoveTarget…`. */
export interface TargetRemoval {
  readonly variable: Variable;
  readonly selector: Selector;
}
