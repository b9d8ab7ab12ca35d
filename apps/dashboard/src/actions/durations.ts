import type { Say } from '../text/text.ts';

export const DURATIONS = [60, 300, 900, 3600, 21_600, 86_400, 604_800, 2_592_000] as const;

export function durationWords(seconds: number, say: Say): string {
  if (seconds >= 86_400) return say('duration.days', { count: Math.round(seconds / 86_400) });
  if (seconds >= 3600) return say('duration.hours', { count: Math.round(seconds / 3600) });
  return say('duration.minutes', { count: Math.round(seconds / 60) });
}
