import { Tooltip } from '@mantine/core';
import { useLanguage } from '../text/text.ts';
import { absoluteTime, relativeTime } from './format.ts';
import { useNow } from './now.ts';

/** Clocks of server and reader differ a little; what just happened is not in the future. */
const SKEW_MS = 5000;

/** Relative, with the absolute time and its zone on hover and focus. */
export function Time({ micros }: { readonly micros: number }) {
  const language = useLanguage();
  const now = useNow();
  const ms = micros / 1000;
  const ahead = ms > now && ms - now < SKEW_MS;
  return (
    <Tooltip label={absoluteTime(ms, language)} openDelay={200}>
      <time dateTime={new Date(ms).toISOString()} className="nowrap">
        {relativeTime(ahead ? now : ms, now, language)}
      </time>
    </Tooltip>
  );
}
