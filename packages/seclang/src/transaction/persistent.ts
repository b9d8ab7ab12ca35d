import type { CollectionChange, CollectionSource } from '../api.ts';
import { Item, NO_ITEMS } from './item.ts';

interface Loaded {
  /** Undefined = only for this transaction. */
  readonly key: string | undefined;
  readonly values: Map<string, Item>;
}

/** IP, GLOBAL, SESSION, USER and RESOURCE: a copy of what the source has, and a list of what rules changed in it. */
export class PersistentCollections {
  readonly changes: CollectionChange[] = [];
  userId: string | undefined;
  sessionId: string | undefined;
  private readonly loaded = new Map<string, Loaded>();
  private readonly source: CollectionSource | undefined;

  /** `SecCollectionTimeout` */
  private readonly timeout: { readonly timeoutSeconds?: number };

  constructor(source: CollectionSource | undefined, timeoutSeconds: number | undefined) {
    this.source = source;
    this.timeout = timeoutSeconds === undefined ? {} : { timeoutSeconds };
  }

  /** `initcol` and the set… actions. */
  open(collection: string, key: string): void {
    if (this.loaded.get(collection)?.key === key) return;
    const values = new Map<string, Item>();
    for (const [name, value] of this.source?.read(collection, key) ?? []) values.set(name, new Item(name, value));
    this.loaded.set(collection, { key, values });
  }

  item(collection: string, lowerKey: string): Item | undefined {
    const loaded = this.loaded.get(collection);
    if (loaded?.key !== undefined && lowerKey === 'key') return new Item('key', loaded.key);
    return loaded?.values.get(lowerKey);
  }

  items(collection: string): readonly Item[] {
    const loaded = this.loaded.get(collection);
    return loaded === undefined ? NO_ITEMS : [...loaded.values.values()];
  }

  set(collection: string, name: string, value: string): void {
    this.change(collection, name, { kind: 'set', value, ...this.timeout }, value);
  }

  /** An increment stays one: two workers that add at the same time both count. */
  add(collection: string, name: string, by: number): void {
    const before = Number.parseInt(this.item(collection, name)?.value ?? '0', 10) || 0;
    this.change(collection, name, { kind: 'add', by, ...this.timeout }, String(before + by));
  }

  remove(collection: string, name: string): void {
    this.change(collection, name, { kind: 'remove' }, undefined);
  }

  expire(collection: string, name: string, afterSeconds: number): void {
    const loaded = this.loaded.get(collection);
    if (loaded?.key === undefined) return;
    this.changes.push({ collection, key: loaded.key, name, change: { kind: 'expire', afterSeconds } });
  }

  /** Without initcol there is nobody whose value it would be: it ends with the transaction. */
  private unkept(collection: string): Loaded {
    const loaded: Loaded = { key: undefined, values: new Map() };
    this.loaded.set(collection, loaded);
    return loaded;
  }

  private change(
    collection: string,
    name: string,
    change: CollectionChange['change'],
    value: string | undefined,
  ): void {
    const loaded = this.loaded.get(collection) ?? this.unkept(collection);
    if (value === undefined) loaded.values.delete(name);
    else loaded.values.set(name, new Item(name, value));
    if (loaded.key !== undefined) this.changes.push({ collection, key: loaded.key, name, change });
  }
}
