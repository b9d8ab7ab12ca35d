import { visible } from '@seawall/faults';

/** Attackers write paths, names and user agents: nothing of theirs reaches a terminal with control characters in it. */
export function cell(value: unknown, width = 60): string {
  const text = visible(String(value ?? ''));
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Columns padded to their widest cell; the heading only on a terminal, so that pipes get rows alone. */
export function printTable(heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = process.stdout.isTTY ? [heading, ...rows] : rows;
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0), 0));
  for (const row of all) {
    process.stdout.write(
      `${row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}

/** One line. JSON leaves some characters raw that drive a terminal (a lone U+009B is an escape sequence): they are escaped too. */
export function printJson(value: unknown): void {
  const line = JSON.stringify(value).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  process.stdout.write(`${line}\n`);
}

/** Text of several lines that quotes what others wrote. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

export function when(micros: number): string {
  return new Date(micros / 1000).toISOString().replace('T', ' ').slice(0, 19);
}
