import type { CollectionChange, CollectionSource } from '@seawall/seclang';
import type { SharedChange, SharedRow, SharedValue } from './messages.ts';

// Persistent collections (IP, GLOBAL, SESSION …) of SecLang. Every worker and the primary hold one of these; a worker applies its own
// changes at once (exact within the worker) and sends them to the primary, which sends them on to the other workers. `add` changes
// commute, of two `set` the later wins: that is what counters and marks need.

interface Row {
  values: Map<string, SharedValue>;
  bytes: number;
}

export interface CollectionBounds {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** One value may not hold the memory of all. */
const MAX_VALUE_BYTES = 4096;
const MAX_VALUES_PER_ROW = 64;

export class SharedCollections implements CollectionSource {
  readonly #rows = new Map<string, Row>();
  readonly #bounds: CollectionBounds;
  readonly #now: () => number;
  #bytes = 0;
  /** Rows that were dropped because a bound was met. */
  evicted = 0;

  constructor(bounds: CollectionBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  read(collection: string, key: string): ReadonlyMap<string, string> {
    const row = this.#rows.get(rowKey(collection, key));
    const now = this.#now();
    const live = new Map<string, string>();
    if (row === undefined) return live;
    for (const [name, value] of row.values) {
      if (value.expiresMicros === undefined || value.expiresMicros > now) live.set(name, value.text);
    }
    return live;
  }

  apply(shared: SharedChange): void {
    const { collection, key, name, change } = shared.change;
    const id = rowKey(collection, key);
    const row = this.#rows.get(id) ?? { values: new Map<string, SharedValue>(), bytes: id.length };
    const lowerName = name.toLowerCase();
    const before = row.values.get(lowerName);
    const after = changed(before, change, shared.nowMicros);
    this.#rows.delete(id);
    this.#store({ id, row, name: lowerName, before, after });
    this.#evict();
  }

  snapshot(): readonly SharedRow[] {
    const rows: SharedRow[] = [];
    for (const [id, row] of this.#rows) {
      const cut = id.indexOf('\0');
      rows.push({ collection: id.slice(0, cut), key: id.slice(cut + 1), values: row.values });
    }
    return rows;
  }

  restore(rows: readonly SharedRow[]): void {
    for (const { collection, key, values } of rows) {
      for (const [name, value] of values) {
        this.apply({ change: { collection, key, name, change: { kind: 'set', value: value.text } }, nowMicros: 0 });
        const row = this.#rows.get(rowKey(collection, key));
        row?.values.set(name, value);
      }
    }
  }

  /** Drops what has expired; called now and then. */
  sweep(): void {
    const now = this.#now();
    for (const [id, row] of this.#rows) {
      for (const [name, value] of row.values) {
        if (value.expiresMicros === undefined || value.expiresMicros > now) continue;
        row.values.delete(name);
        this.#resize(row, -sizeOf(name, value));
      }
      if (row.values.size === 0) this.#drop(id, row);
    }
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Puts the row at the end, so that the row least recently changed is the first to go. */
  #store(put: {
    id: string;
    row: Row;
    name: string;
    before: SharedValue | undefined;
    after: SharedValue | undefined;
  }): void {
    const { id, row, name, before, after } = put;
    if (row.values.size === 0 && before === undefined) this.#bytes += row.bytes;
    if (before !== undefined) this.#resize(row, -sizeOf(name, before));
    row.values.delete(name);
    if (after !== undefined && row.values.size < MAX_VALUES_PER_ROW) {
      row.values.set(name, after);
      this.#resize(row, sizeOf(name, after));
    }
    if (row.values.size === 0) this.#bytes -= row.bytes;
    else this.#rows.set(id, row);
  }

  #resize(row: Row, by: number): void {
    row.bytes += by;
    this.#bytes += by;
  }

  #drop(id: string, row: Row): void {
    this.#rows.delete(id);
    this.#bytes -= row.bytes;
  }

  #evict(): void {
    while (this.#rows.size > this.#bounds.maxRows || this.#bytes > this.#bounds.maxBytes) {
      const [oldest] = this.#rows;
      if (oldest === undefined) return;
      this.#drop(oldest[0], oldest[1]);
      this.evicted += 1;
    }
  }
}

function changed(
  before: SharedValue | undefined,
  change: CollectionChange['change'],
  nowMicros: number,
): SharedValue | undefined {
  // What has expired and was not swept yet is gone: its expiry does not count for what comes after it.
  const live = before !== undefined && (before.expiresMicros ?? Infinity) > nowMicros ? before : undefined;
  switch (change.kind) {
    case 'set':
      return { text: change.value.slice(0, MAX_VALUE_BYTES), expiresMicros: expiryOf(live, change, nowMicros) };
    case 'add': {
      const number = live === undefined ? 0 : Number.parseInt(live.text, 10) || 0;
      return { text: String(number + change.by), expiresMicros: expiryOf(live, change, nowMicros) };
    }
    case 'expire':
      return live && { text: live.text, expiresMicros: nowMicros + change.afterSeconds * 1_000_000 };
    case 'remove':
      return undefined;
    default:
      return change satisfies never;
  }
}

/** A value keeps its expiry; a new one has that of SecCollectionTimeout. */
function expiryOf(
  live: SharedValue | undefined,
  { timeoutSeconds }: { readonly timeoutSeconds?: number },
  nowMicros: number,
): number | undefined {
  if (live !== undefined) return live.expiresMicros;
  return timeoutSeconds === undefined ? undefined : nowMicros + timeoutSeconds * 1_000_000;
}

function rowKey(collection: string, key: string): string {
  return `${collection.toLowerCase()}\0${key}`;
}

function sizeOf(name: string, value: SharedValue): number {
  return name.length + value.text.length + 64;
}
