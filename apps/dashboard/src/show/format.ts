// Numbers and times for people. Pure: the moment and the language are arguments.

export type Language = 'en' | 'zh';

export const LOCALE: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' };

const cached = new Map<string, Intl.NumberFormat>();
function number(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = cached.get(key);
  if (known) return known;
  // British English shortens a million to `m`, which reads as a metre or a minute.
  const made = new Intl.NumberFormat(language === 'en' ? 'en' : LOCALE[language], options);
  cached.set(key, made);
  return made;
}

export function formatCount(value: number, language: Language): string {
  if (Math.abs(value) >= 1e6) return number(language, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1;
  return number(language, { maximumFractionDigits: digits }).format(value);
}

export function formatMicros(micros: number, language: Language): string {
  const say = (value: number, unit: string) =>
    `${number(language, { maximumFractionDigits: value < 10 && !Number.isInteger(value) ? 1 : 0 }).format(value)}\u202f${unit}`;
  if (micros < 1000) return say(micros, 'µs');
  if (micros < 1e6) return say(micros / 1000, 'ms');
  if (micros < 120e6) return say(micros / 1e6, 's');
  if (micros < 7200e6) return say(micros / 60e6, 'min');
  return say(micros / 3600e6, 'h');
}

export function formatBytes(bytes: number, language: Language): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${number(language, { maximumFractionDigits: digits }).format(value)}\u202f${units[unit] ?? 'B'}`;
}

/** Change against before in percent; undefined when there was nothing before. */
export function changeOf(value: number, before: number): number | undefined {
  return before === 0 ? undefined : ((value - before) / before) * 100;
}

export function formatChange(percent: number, language: Language): string {
  const digits = Math.abs(percent) < 10 ? 1 : 0;
  return number(language, { style: 'percent', signDisplay: 'exceptZero', maximumFractionDigits: digits }).format(
    percent / 100,
  );
}

const STEPS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `12 sec ago`; the future, too. */
export function relativeTime(ms: number, nowMs: number, language: Language): string {
  const seconds = Math.round((ms - nowMs) / 1000);
  const [size, unit] = STEPS.find(([step]) => Math.abs(seconds) >= step) ?? [1, 'second'];
  const words = new Intl.RelativeTimeFormat(LOCALE[language], { style: 'narrow', numeric: 'auto' });
  return words.format(Math.trunc(seconds / size), unit);
}

/** With zone, to the millisecond. */
export function absoluteTime(ms: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(ms);
}

export function clockTime(ms: number, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(ms);
}

/** What is left of a time: `4:05`, `1:20:00`, `3 d 04:00:00`; never below zero. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const clock = hours > 0 || days > 0 ? `${hours}:${two(minutes)}` : `${minutes}`;
  return `${days > 0 ? `${days}\u202fd ` : ''}${clock}:${two(seconds % 60)}`;
}
