import { Fault } from '@seawall/faults';
import type { Position } from '../language/ast.ts';
import type { Complaints } from '../language/complaints.ts';
import type { GeoTable } from '../operators/geo-database.ts';
import type { Operator } from '../operators/operator.ts';
import type { Transformation } from '../transformations/transformation.ts';
import { Pipelines } from './pipeline.ts';
import type { CompiledRule } from './program.ts';
import { Template } from './template.ts';

/** What the parts of the compiler share while one rule set is compiled. */
export class CompileContext {
  readonly complaints: Complaints;
  readonly files: ReadonlyMap<string, string>;
  readonly pipelines = new Pipelines();
  /** Rules with the same operator and argument share one: patterns and word lists are large. */
  readonly operators = new Map<string, Operator>();
  /** Filled at the end; effects that name rules look them up when they run first. */
  readonly rules: CompiledRule[] = [];
  geo: GeoTable | undefined;
  /** `t:urlDecodeUni` with the table of SecUnicodeMapFile. */
  urlDecodeUni: Transformation | undefined;

  constructor(complaints: Complaints, files: ReadonlyMap<string, string>) {
    this.complaints = complaints;
    this.files = files;
  }

  template(text: string, at: Position): Template {
    const template = this.attempt(at, () => new Template(text)) ?? new Template('');
    for (const name of template.unknown) {
      this.complaints.warn({
        code: 'unknown-macro',
        at,
        text: `%{${name}} names no variable and will always be empty`,
      });
    }
    return template;
  }

  /** Runs what may throw a Fault about the rule's text, and turns that into a problem. */
  attempt<T>(at: Position, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.complaints.error({ code: error.code.replace(/^seclang\./, ''), at, text: error.row.text });
      return undefined;
    }
  }
}
