import type { ShownValue } from './explanation.ts';
import type { TracedSpan } from './trace-span.ts';

/** The part of a value around its span, at most `max` bytes; a span that is longer is cut at its end. */
export function shownValue(value: string, traced: TracedSpan | undefined, max: number): ShownValue {
  const [from, to] = traced?.span ?? [0, 0];
  const middle = (from + Math.min(to, from + max)) >> 1;
  const offset = Math.max(0, Math.min(middle - (max >> 1), from, value.length - max));
  const text = value.slice(offset, offset + max);
  return {
    text,
    offset,
    bytes: value.length,
    span: traced && [from - offset, Math.min(to - offset, text.length)],
    exact: traced?.exact ?? true,
  };
}
