import { lastHeardMs } from '../server/call.ts';
import { useNow } from './now.ts';

export const STALE_MS = 20_000;

/** When the server was last heard, if that is so long ago that what is shown may be wrong; milliseconds. */
export function useStaleSince(): number | undefined {
  const now = useNow();
  const heard = lastHeardMs();
  return heard !== 0 && now - heard >= STALE_MS ? heard : undefined;
}
