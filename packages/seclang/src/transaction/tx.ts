import { Item } from './item.ts';

const NO_CAPTURES: readonly (string | undefined)[] = [];
const NOTHING: ReadonlyMap<string, Item> = new Map();

/**
 * The TX collection: what rules remember within one transaction. Names are lower case; 0 to 9 are the captures.
 * It may stand on a base that all transactions of a rule set share: what rules set there before they saw any message.
 */
export class TxCollection {
  /** A name that a settled decision depends on was written: what was settled does not hold any more. */
  unsettled = false;
  private base: ReadonlyMap<string, Item> = NOTHING;
  private watched: ReadonlySet<string> | undefined;
  /** `undefined` hides a member of the base. */
  private values: Map<string, Item | undefined> | undefined;
  private captures = NO_CAPTURES;

  /** Only at the start: members of `base` count as set; a write to a `watched` name raises `unsettled`. */
  standOn(base: ReadonlyMap<string, Item>, watched: ReadonlySet<string>): void {
    this.base = base;
    this.watched = watched;
  }

  get(lowerKey: string): string | undefined {
    return this.item(lowerKey)?.value;
  }

  item(lowerKey: string): Item | undefined {
    if (this.values?.has(lowerKey) === true) return this.values.get(lowerKey);
    const digit = digitOf(lowerKey);
    if (digit >= 0 && this.captures[digit] !== undefined) return new Item(lowerKey, this.captures[digit]);
    return this.base.get(lowerKey);
  }

  items(): readonly Item[] {
    const all = new Map<string, Item | undefined>(this.base);
    for (const [key, item] of this.values ?? NOTHING) all.set(key, item);
    for (let index = 0; index < 10; index++) {
      const key = String(index);
      const value = this.captures[index];
      if (value !== undefined && this.values?.has(key) !== true) all.set(key, new Item(key, value));
    }
    return [...all.values()].filter((item) => item !== undefined);
  }

  set(lowerKey: string, value: string): void {
    this.settle(lowerKey, value);
    if (this.watched?.has(lowerKey) === true) this.unsettled = true;
  }

  delete(lowerKey: string): void {
    this.settle(lowerKey, undefined);
    if (this.watched?.has(lowerKey) === true) this.unsettled = true;
  }

  /** A write that was foreseen: it leaves what is settled as it is. */
  settle(lowerKey: string, value: string | undefined): void {
    this.values ??= new Map();
    this.values.set(lowerKey, value === undefined ? undefined : new Item(lowerKey, value));
  }

  capture(captures: readonly (string | undefined)[]): void {
    this.captures = captures;
    if (this.values === undefined) return;
    for (let index = 0; index < 10; index++) this.values.delete(String(index));
  }
}

/** -1 when the name is no capture's. */
export function digitOf(lowerKey: string): number {
  if (lowerKey.length !== 1) return -1;
  const code = lowerKey.charCodeAt(0) - 0x30;
  return code >= 0 && code <= 9 ? code : -1;
}
