import type { Position } from './ast.ts';

/** One directive with its continuation lines joined; knows where each character came from. */
export class LogicalLine {
  text = '';
  readonly file: string;
  private readonly starts: { readonly offset: number; readonly line: number }[] = [];

  constructor(file: string) {
    this.file = file;
  }

  append(part: string, line: number): void {
    this.starts.push({ offset: this.text.length, line });
    this.text += part;
  }

  at(offset: number): Position {
    let index = this.starts.length - 1;
    while (index > 0 && (this.starts[index]?.offset ?? 0) > offset) index--;
    const start = this.starts[index];
    return { file: this.file, line: start?.line ?? 1, column: offset - (start?.offset ?? 0) + 1 };
  }
}

export interface LogicalLines {
  readonly lines: readonly LogicalLine[];
  /** Lines that a comment ending in a backslash swallowed although they do not look like comments. */
  readonly swallowed: readonly Position[];
}

/**
 * Joins lines that end in a backslash and drops comments and empty lines. As in Apache and ModSecurity, a comment that ends
 * in a backslash goes on in the next line.
 */
export function logicalLines(file: string, text: string): LogicalLines {
  const lines: LogicalLine[] = [];
  const swallowed: Position[] = [];
  let current: LogicalLine | undefined;
  let inComment = false;
  const physical = text.split('\n');
  for (let index = 0; index < physical.length; index++) {
    const raw = (physical[index] ?? '').replace(/[ \t]*\r$/, '');
    const continued = /\\[ \t]*$/.test(raw);
    if (current === undefined) {
      const isComment = /^[ \t]*#/.test(raw);
      if (inComment || isComment) {
        if (!isComment && raw.trim() !== '') swallowed.push({ file, line: index + 1, column: 1 });
        inComment = continued;
        continue;
      }
      if (raw.trim() === '') continue;
      current = new LogicalLine(file);
      lines.push(current);
    }
    current.append(continued ? raw.replace(/\\[ \t]*$/, '') : raw, index + 1);
    if (!continued) current = undefined;
  }
  return { lines, swallowed };
}
