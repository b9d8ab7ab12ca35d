import type { LiveEvent } from '@seawall/contract';

// The live stream: the newest events in a ring, and whoever listens.

const RING = 1000;
/** Findings shown a second; the others are counted in one line, so that a flood does not drown the rest. */
const MAX_FINDINGS_PER_SECOND = 50;

export interface Live {
  publish(event: LiveEvent): void;
  /** Newest first. */
  newest(count: number): readonly LiveEvent[];
  /** Those after the one with this id; everything that is kept when it is not known any more. */
  after(id: string | undefined): readonly LiveEvent[];
  listen(listener: (event: LiveEvent) => void): () => void;
  listeners(): number;
  /** Findings that were not shown singly. */
  shed(): number;
}

export function makeLive(nowMs: () => number): Live {
  const ring: LiveEvent[] = [];
  const listeners = new Set<(event: LiveEvent) => void>();
  let second = 0;
  let inSecond = 0;
  let shed = 0;
  let unreported = 0;

  const send = (event: LiveEvent) => {
    ring.push(event);
    if (ring.length > RING) ring.shift();
    for (const listener of listeners) listener(event);
  };

  return {
    publish(event) {
      const now = Math.floor(nowMs() / 1000);
      if (now !== second) {
        second = now;
        inSecond = 0;
        if (unreported > 0) {
          send({
            ...event,
            id: `${event.id}-more`,
            kind: 'finding',
            title: `${unreported} more findings`,
            link: '/findings',
          });
          unreported = 0;
        }
      }
      if (event.kind === 'finding' && ++inSecond > MAX_FINDINGS_PER_SECOND) {
        shed++;
        unreported++;
        return;
      }
      send(event);
    },
    newest: (count) => ring.slice(-count).toReversed(),
    after(id) {
      if (id === undefined) return [];
      const index = ring.findIndex((event) => event.id === id);
      return ring.slice(index + 1);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listeners: () => listeners.size,
    shed: () => shed,
  };
}
