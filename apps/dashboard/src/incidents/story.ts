import type { TimelineEntry } from '@seawall/contract';

/** Entries in a row that say the same: one line, the others folded under it. */
export interface Chapter {
  readonly key: string;
  readonly first: TimelineEntry;
  readonly entries: readonly TimelineEntry[];
}

export function storyOf(timeline: readonly TimelineEntry[]): Chapter[] {
  const chapters: { key: string; first: TimelineEntry; entries: TimelineEntry[] }[] = [];
  for (const entry of timeline) {
    const last = chapters.at(-1);
    if (last && entry.kind === 'finding' && isLike(last.first, entry)) last.entries.push(entry);
    else chapters.push({ key: `${entry.id} ${entry.verdict} ${entry.timeMicros}`, first: entry, entries: [entry] });
  }
  return chapters;
}

function isLike(a: TimelineEntry, b: TimelineEntry): boolean {
  return a.kind === b.kind && a.title === b.title && a.verdict === b.verdict;
}
