import { join } from 'node:path';
import type { EventClass } from '@seawall/contract';
import { busFault } from './faults.ts';
import { SpoolClass } from './spool-class.ts';
import { MAX_RECORD_BYTES, writeRecord } from './spool-segment.ts';

// What a node has not been rid of yet, on its disk. A class gives way only to a dearer one: an event for which nothing
// cheaper is left to give up is refused, so what was promised to be kept is only given up for something dearer.

const CLASSES: readonly EventClass[] = ['statistics', 'finding', 'audit'];
const MAX_SEGMENT_BYTES = 4 * 1024 * 1024;
const FLUSH_STATISTICS_MS = 50;

interface Waiting {
  readonly record: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Spool {
  readonly shed: Record<EventClass, number> = { statistics: 0, finding: 0, audit: 0 };
  readonly classes: Readonly<Record<EventClass, SpoolClass>>;
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #onAppended: () => void;
  readonly #waiting: Record<EventClass, Waiting[]> = { statistics: [], finding: [], audit: [] };
  #waitingStatisticsBytes = 0;
  #busy: Promise<void> = Promise.resolve();
  #scheduled = new Set<EventClass>();

  constructor(folder: string, maxBytes: number, onAppended: () => void) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
    this.#onAppended = onAppended;
    const segmentBytes = Math.max(1024, Math.min(MAX_SEGMENT_BYTES, Math.floor(maxBytes / 8)));
    const make = (name: EventClass) => new SpoolClass(name, join(folder, name), segmentBytes);
    this.classes = { statistics: make('statistics'), finding: make('finding'), audit: make('audit') };
  }

  get bytes(): number {
    return CLASSES.reduce((sum, name) => sum + this.classes[name].bytes, 0);
  }

  get cutBytes(): number {
    return CLASSES.reduce((sum, name) => sum + this.classes[name].cutBytes, 0);
  }

  /** Statistics are taken without a promise of anything. */
  addStatistics(json: string): void {
    const record = json.length > MAX_RECORD_BYTES ? undefined : writeRecord(json);
    // A disk that is slower than the traffic must not fill the memory either.
    if (!record || this.#waitingStatisticsBytes + record.length > MAX_SEGMENT_BYTES) {
      this.shed.statistics += 1;
      return;
    }
    this.#waitingStatisticsBytes += record.length;
    const ignore = (): void => undefined;
    this.#waiting.statistics.push({ record, resolve: ignore, reject: ignore });
    this.#schedule('statistics');
  }

  /** Resolves when the event is synced. */
  add(name: 'finding' | 'audit', json: string): Promise<void> {
    if (json.length > MAX_RECORD_BYTES) return Promise.reject(busFault('bus.too-large'));
    return new Promise((resolve, reject) => {
      this.#waiting[name].push({ record: writeRecord(json), resolve, reject });
      this.#schedule(name);
    });
  }

  /** Runs while nothing is appended or dropped. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#busy.then(work);
    this.#busy = result.then(
      () => undefined,
      () => undefined, // who asked gets the error
    );
    return result;
  }

  async flush(): Promise<void> {
    for (const name of CLASSES) await this.alone(() => this.#append(name));
  }

  async close(): Promise<void> {
    await this.flush();
    for (const name of CLASSES) await this.classes[name].close();
  }

  #schedule(name: EventClass): void {
    if (this.#scheduled.has(name)) return;
    this.#scheduled.add(name);
    const start = (): void => void this.alone(() => this.#append(name));
    if (name === 'statistics') setTimeout(start, FLUSH_STATISTICS_MS).unref();
    else setImmediate(start);
  }

  /** Group commit: everything that waits goes with one write and one sync. */
  async #append(name: EventClass): Promise<void> {
    this.#scheduled.delete(name);
    const group = this.#waiting[name];
    this.#waiting[name] = [];
    if (name === 'statistics') this.#waitingStatisticsBytes = 0;
    if (group.length === 0) return;
    try {
      await this.#admit(name, group);
    } catch (error) {
      this.shed[name] += group.length;
      for (const { reject } of group) reject(busFault('bus.disk', { folder: this.#folder }, error));
    }
  }

  async #admit(name: EventClass, group: readonly Waiting[]): Promise<void> {
    const kept: Waiting[] = [];
    let room = 0;
    for (const one of group) {
      if (await this.#makeRoom(name, room + one.record.length)) {
        room += one.record.length;
        kept.push(one);
      } else {
        this.shed[name] += 1;
        one.reject(busFault('bus.spool-full', { folder: this.#folder }));
      }
    }
    if (kept.length > 0) await this.#write(name, kept);
  }

  async #write(name: EventClass, group: readonly Waiting[]): Promise<void> {
    const records = group.map(({ record }) => record);
    const write = () => this.classes[name].append(records, name !== 'statistics');
    try {
      await write();
    } catch (error) {
      // The disk is full though the spool is not: cheaper events give way once.
      if (!(await this.#giveUpCheaper(name))) throw error;
      await write();
    }
    for (const { resolve } of group) resolve();
    this.#onAppended();
  }

  async #makeRoom(name: EventClass, bytes: number): Promise<boolean> {
    while (this.bytes + bytes > this.#maxBytes) {
      if (!(await this.#giveUpCheaper(name))) return false;
    }
    return true;
  }

  /** Statistics may also give way to newer ones: the newest say most. */
  async #giveUpCheaper(name: EventClass): Promise<boolean> {
    const rank = CLASSES.indexOf(name);
    const cheaper = name === 'statistics' ? CLASSES.slice(0, 1) : CLASSES.slice(0, rank);
    const victim = cheaper.find((one) => this.classes[one].bytes > 0);
    if (!victim) return false;
    this.shed[victim] += await this.classes[victim].dropOldest();
    return true;
  }
}
