import { Tooltip } from '@mantine/core';
import { useLanguage } from '../text/text.ts';
import { absoluteTime, relativeTime } from './format.ts';
import { useNow } from './now.ts';

/** Relative, with the absolute time and its zone on hover and focus. */
export function Time({ micros }: { readonly micros: number }) {
  const language = useLanguage();
  const now = useNow();
  const ms = micros / 1000;
  return (
    <Tooltip label={absoluteTime(ms, language)} openDelay={200}>
      <time dateTime={new Date(ms).toISOString()} className="nowrap">
        {relativeTime(Math.min(ms, now), now, language)}
      </time>
    </Tooltip>
  );
}
