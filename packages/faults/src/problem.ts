/** One complaint about a file that a person wrote. Loaders return all of them at once. Lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
  /** The line of the file that is meant, as it stands there. */
  readonly snippet?: string;
  /** What to do about it, e.g. the nearest known key. */
  readonly hint?: string;
}

/** `file:line:column: error CODE: text`, then the line with a caret, then the hint. */
export function formatProblem(problem: Problem): string {
  const lines = [
    `${problem.file}:${problem.line}:${problem.column}: ${problem.severity} ${problem.code}: ${problem.text}`,
  ];
  if (problem.snippet !== undefined) {
    const shown = visible(problem.snippet).slice(0, 160);
    lines.push(`  | ${shown}`);
    if (problem.column <= shown.length) lines.push(`  | ${' '.repeat(problem.column - 1)}^`);
  }
  if (problem.hint !== undefined) lines.push(`  = ${problem.hint}`);
  return lines.join('\n');
}

/** Makes control characters visible, so that text written by others can go to a terminal or a log line. */
export function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** The known word nearest to `word` by edit distance, when it is near enough to be meant; else undefined. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  // Words of attackers may be long: beyond 64 characters no key is meant.
  if (a.length > 64 || b.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substitution));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
