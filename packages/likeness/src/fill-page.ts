import { inventText } from './invent.ts';
import type { Seeded } from './random.ts';

export interface PageFilling {
  readonly random: Seeded;
  readonly nowMs: number;
  /** Texts to show: in the places of long texts, in order; the last, or a single one, stands at the end of the body. */
  readonly shown?: readonly string[];
  /** Nothing was found: the places of texts stay empty. */
  readonly empty?: boolean;
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
  const bodyStart = Math.max(0, page.indexOf('</head>'), page.indexOf('</title>'));
  let index = 0;
  const filled = page.replace(PLACE, (_all, format: string, length: string | undefined, at: number) => {
    const part = filling.random.fork(index++);
    if (format === 'id') return String(part.whole(2, 60));
    const isText = at > bodyStart && Number(length ?? 0) >= TEXT_PLACE;
    if (isText && filling.empty === true) return '';
    const text = isText && shown.length > 1 ? shown.shift() : undefined;
    return escapeHtml(text ?? inventText(format, Number(length ?? 12), part, filling.nowMs));
  });
  if (shown.length === 0) return filled;
  const rest = `<pre>${escapeHtml(shown.join('\n'))}</pre>`;
  const end = filled.lastIndexOf('</body>');
  return end < 0 ? filled + rest : filled.slice(0, end) + rest + filled.slice(end);
}
