import { nearest, type Problem } from '@seawall/faults';
import type { Position } from './ast.ts';

export interface Complaint {
  readonly code: string;
  readonly at: Position;
  readonly text: string;
  readonly hint?: string | undefined;
}

/** Collects everything that is wrong with a rule set, so that a person sees all of it at once. */
export class Complaints {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  private readonly lines = new Map<string, readonly string[]>();
  private readonly files: ReadonlyMap<string, string>;

  constructor(files: ReadonlyMap<string, string>) {
    this.files = files;
  }

  error(complaint: Complaint): void {
    this.problems.push(this.problem('error', complaint));
  }

  warn(complaint: Complaint): void {
    this.warnings.push(this.problem('warning', complaint));
  }

  /** An unknown word, with the nearest known one as hint. */
  unknown(code: string, at: Position, what: string, word: string, known: Iterable<string>): void {
    const near = nearest(word, known);
    this.error({
      code,
      at,
      text: `unknown ${what} "${word.slice(0, 80)}"`,
      hint: near === undefined ? undefined : `did you mean "${near}"?`,
    });
  }

  private problem(severity: 'error' | 'warning', { code, at, text, hint }: Complaint): Problem {
    const snippet = this.lineOf(at);
    return {
      severity,
      code: `seclang.${code}`,
      file: at.file,
      line: at.line,
      column: at.column,
      text,
      ...(snippet === undefined ? {} : { snippet }),
      ...(hint === undefined ? {} : { hint }),
    };
  }

  private lineOf(at: Position): string | undefined {
    let lines = this.lines.get(at.file);
    if (lines === undefined) {
      lines = this.files.get(at.file)?.split('\n') ?? [];
      this.lines.set(at.file, lines);
    }
    return lines[at.line - 1]?.replace(/\r$/, '');
  }
}
