import { inventText } from './invent.ts';
import type { Seeded } from './random.ts';

export interface PageFilling {
  readonly random: Seeded;
  readonly nowMs: number;
  /** Texts to show: in the places of long texts, in order; the last, or a single one, stands at the end of the body. */
  readonly shown?: readonly string[];
  /** Nothing was found: the places of texts stay empty. */
  readonly empty?: boolean;
  /** Texts for the long places that come in rows (three or more); what finds no place is left out. */
  readonly posted?: readonly string[];
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const PLACE = /\{\{([a-z:-]+?)(?::(\d{1,4}))?\}\}/g;

/** Places shorter than this are labels or numbers. */
const TEXT_PLACE = 12;

/** Puts made-up text into the places of a skeleton. */
export function fillPage(page: string, filling: PageFilling): string {
  const shown = [...(filling.shown ?? [])];
  const posted = [...(filling.posted ?? [])];
  const bodyStart = Math.max(0, page.indexOf('</head>'), page.indexOf('</title>'));
  const isText = (length: string | undefined, at: number): boolean =>
    at > bodyStart && Number(length ?? 0) >= TEXT_PLACE;
  const places = [...page.matchAll(PLACE)].filter((match) => isText(match[2], match.index)).length;
  if (places < 3) posted.length = 0;
  let index = 0;
  const filled = page.replace(PLACE, (_all, format: string, length: string | undefined, at: number) => {
    const part = filling.random.fork(index++);
    if (format === 'id') return String(part.whole(2, 60));
    const isLong = isText(length, at);
    if (isLong && filling.empty === true) return '';
    const text = isLong && shown.length > 1 ? shown.shift() : isLong ? posted.shift() : undefined;
    return escapeHtml(text ?? inventText(format, Number(length ?? 12), part, filling.nowMs));
  });
  if (shown.length === 0) return filled;
  const rest = `<pre>${escapeHtml(shown.join('\n'))}</pre>`;
  const end = filled.lastIndexOf('</body>');
  return end < 0 ? filled + rest : filled.slice(0, end) + rest + filled.slice(end);
}
