import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Puts a text between the marks of a section: `<!-- bench waf -->` and `<!-- end of bench waf -->`. */
export function withSection(document: string, name: string, text: string): string {
  const [open, close] = [`<!-- bench ${name} -->`, `<!-- end of bench ${name} -->`];
  const [from, to] = [document.indexOf(open), document.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`there is no section between ${open} and ${close}`);
  return `${document.slice(0, from + open.length)}\n\n${text.trim()}\n\n${document.slice(to)}`;
}

export function writeSection(path: string, name: string, text: string): void {
  writeFileSync(path, withSection(readFileSync(path, 'utf8'), name, `${whereAndWhen()}\n\n${text}`));
}

/** Figures mean little without the machine that they are from, and what else it did. */
function whereAndWhen(): string {
  const day = new Date().toISOString().slice(0, 10);
  const [first] = cpus();
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  return `Measured ${day}: ${cpus().length} cores of ${first?.model.trim() ?? 'an unknown kind'}, Node ${process.versions.node}, load ${load} when it ended.`;
}

/** Columns that hold figures are aligned to the right. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const isFigure = (at: number) => rows.every((row) => /^[\d.,-]/.test(row[at] ?? '-'));
  const rule = heads.map((_, at) => (isFigure(at) ? '---:' : '---'));
  return [line(heads), line(rule), ...rows.map(line)].join('\n');
}
