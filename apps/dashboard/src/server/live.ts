import type { LiveEvent } from '@seawall/contract';
import { markHeard } from './call.ts';

// One stream of events per tab. Events are gathered for a quarter of a second, so that fifty a second cost four paints.

const KEPT = 300;
const GATHER_MS = 250;

export interface LiveState {
  readonly events: readonly LiveEvent[];
  readonly connected: boolean;
  readonly paused: boolean;
  /** Arrived since the pause. */
  readonly waiting: number;
}

type Listener = () => void;

class LiveFeed {
  private state: LiveState = { events: [], connected: false, paused: false, waiting: 0 };
  private held: LiveEvent[] = [];
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<Listener>();
  private readonly seen = new Set<string>();
  private readonly arrivals = new Set<(events: readonly LiveEvent[]) => void>();

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = (): LiveState => this.state;

  onArrival(arrived: (events: readonly LiveEvent[]) => void): () => void {
    this.arrivals.add(arrived);
    return () => this.arrivals.delete(arrived);
  }

  open(): () => void {
    this.source = new EventSource('/api/v1/events');
    this.source.addEventListener('open', () => this.set({ connected: true }));
    this.source.addEventListener('error', () => this.set({ connected: false }));
    this.source.addEventListener('message', (message: MessageEvent<string>) => this.take(message.data));
    return () => {
      this.source?.close();
      clearTimeout(this.timer);
      this.timer = undefined;
      this.set({ connected: false });
    };
  }

  /** What the server already knew when the page came. */
  seed(events: readonly LiveEvent[]): void {
    const fresh = events.filter((event) => !this.seen.has(event.id));
    for (const event of fresh) this.seen.add(event.id);
    if (fresh.length > 0) this.set({ events: newestFirst([...fresh, ...this.state.events]) });
  }

  pause(paused: boolean): void {
    if (paused === this.state.paused) return;
    this.set({ paused });
    if (!paused) this.flush();
  }

  forget(): void {
    this.held = [];
    this.seen.clear();
    this.set({ events: [], waiting: 0 });
  }

  private take(data: string): void {
    markHeard();
    // Written by our server from its LiveEvent schema.
    const event = JSON.parse(data) as LiveEvent;
    if (this.seen.has(event.id)) return;
    this.seen.add(event.id);
    this.held.push(event);
    if (this.held.length > KEPT) this.held.splice(0, this.held.length - KEPT);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.state.paused) this.set({ waiting: this.held.length });
      else this.flush();
    }, GATHER_MS);
  }

  private flush(): void {
    const fresh = this.held;
    this.held = [];
    if (this.seen.size > KEPT * 20) this.rememberOnlyShown();
    this.set({ events: newestFirst([...fresh, ...this.state.events]), waiting: 0 });
    if (fresh.length > 0) for (const arrived of this.arrivals) arrived(fresh);
  }

  private rememberOnlyShown(): void {
    this.seen.clear();
    for (const event of this.state.events) this.seen.add(event.id);
  }

  private set(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

function newestFirst(events: readonly LiveEvent[]): LiveEvent[] {
  return events.toSorted((a, b) => b.timeMicros - a.timeMicros).slice(0, KEPT);
}

export const live = new LiveFeed();
