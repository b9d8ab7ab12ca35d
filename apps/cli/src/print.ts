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

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function when(micros: number): string {
  return new Date(micros / 1000).toISOString().replace('T', ' ').slice(0, 19);
}
