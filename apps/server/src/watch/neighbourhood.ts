import { sourceKey, type Envelope, type Source } from '@seawall/contract';

// Who shares an address: the clean sessions seen from it lately, and the log-ins that succeeded from it. The guards ask
// before an address as a whole is acted on.

/** How long somebody counts as being there. */
export const LATELY_MS = 60 * 60_000;
/** Above it the addresses that were quiet longest are forgotten; guards then also ask the traffic store. */
const MAX_ADDRESSES = 20_000;
/** More sessions of one address make no difference to a guard. */
const MAX_SESSIONS = 64;
/** An attacker with more sources than this gets the oldest called clean again: an action on his address is then refused. */
const MAX_MARKED = 50_000;

interface Neighbours {
  readonly sessions: Map<string, number>;
  goodLogins: number;
  goodLoginMs: number;
}

export interface Neighbourhood {
  onEnvelope(envelope: Envelope, nowMs: number): void;
  /** Sources that have findings of attacks. */
  isMarked(source: string): boolean;
  cleanSessions(address: string, nowMs: number): readonly string[];
  goodLogins(address: string, nowMs: number): number;
}

export function makeNeighbourhood(): Neighbourhood {
  const addresses = new Map<string, Neighbours>();
  const marked = new Map<string, true>();

  const neighboursOf = (address: string): Neighbours => {
    const known = addresses.get(address) ?? { sessions: new Map(), goodLogins: 0, goodLoginMs: 0 };
    addresses.delete(address);
    addresses.set(address, known);
    if (addresses.size > MAX_ADDRESSES) dropOldest(addresses);
    return known;
  };

  const mark = (source: Source) => {
    const key = sourceKey(source);
    marked.delete(key);
    marked.set(key, true);
    if (marked.size > MAX_MARKED) dropOldest(marked);
  };

  return {
    onEnvelope(envelope, nowMs) {
      const { source } = envelope;
      if (envelope.kind === 'finding' && source) {
        if (envelope.finding.verdict !== 'passed' && envelope.finding.detector !== 'login') mark(source);
        return;
      }
      if (envelope.kind !== 'exchange') return;
      const { exchange } = envelope;
      // What the decoy answered says nothing about the real service's users.
      if (exchange.verdict !== 'passed' || exchange.findings > 0) return;
      if (exchange.login?.ok === true) {
        const neighbours = neighboursOf(exchange.address);
        neighbours.goodLogins++;
        neighbours.goodLoginMs = nowMs;
      }
      if (!source || source.kind === 'address' || exchange.status === 0 || exchange.status >= 400) return;
      const { sessions } = neighboursOf(exchange.address);
      const key = sourceKey(source);
      sessions.delete(key);
      sessions.set(key, nowMs);
      if (sessions.size > MAX_SESSIONS) dropOldest(sessions);
    },
    isMarked: (source) => marked.has(source),
    cleanSessions(address, nowMs) {
      const sessions = addresses.get(address)?.sessions ?? new Map<string, number>();
      return [...sessions].filter(([key, seen]) => nowMs - seen <= LATELY_MS && !marked.has(key)).map(([key]) => key);
    },
    goodLogins(address, nowMs) {
      const neighbours = addresses.get(address);
      return neighbours && nowMs - neighbours.goodLoginMs <= LATELY_MS ? neighbours.goodLogins : 0;
    },
  };
}

function dropOldest(map: Map<string, unknown>): void {
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
