// Rows as a file. Pure but for `saveRows`, which hands the text to the browser.

interface Exported<Row> {
  readonly key: string;
  value(row: Row): string | number;
}

export function saveRows<Row>(
  rows: readonly Row[],
  columns: readonly Exported<Row>[],
  { name, format }: { readonly name: string; readonly format: 'csv' | 'json' },
): void {
  const text = format === 'csv' ? csvOf(rows, columns) : JSON.stringify(rows, null, 2);
  const address = URL.createObjectURL(new Blob([text], { type: format === 'csv' ? 'text/csv' : 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `seawall-${name}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** RFC 4180. */
export function csvOf<Row>(rows: readonly Row[], columns: readonly Exported<Row>[]): string {
  const lines = [columns.map((column) => csvCell(column.key))];
  for (const row of rows) lines.push(columns.map((column) => csvCell(column.value(row))));
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** A text that a spreadsheet would take for a formula gets an apostrophe: attackers write some of these cells. */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
