import type { Selector } from '../compile/program.ts';
import { selects } from '../compile/selectors.ts';
import { Item } from './item.ts';

const NO_CAPTURES: readonly (string | undefined)[] = [];
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** What rules set in TX before they saw any message: shared by all transactions of a rule set. */
export class TxBase {
  readonly items: ReadonlyMap<string, Item>;
  private readonly selected = new Map<Selector, readonly Item[]>();

  constructor(items: ReadonlyMap<string, Item>) {
    this.items = items;
  }

  /** The selectors are those of the rules, so what is remembered is bounded. */
  matching(selector: Selector): readonly Item[] {
    let items = this.selected.get(selector);
    if (items === undefined) {
      items = [...this.items.values()].filter((item) => selects(selector, item));
      this.selected.set(selector, items);
    }
    return items;
  }
}

const NOTHING = new TxBase(new Map());

/**
 * The TX collection: what rules remember within one transaction. Names are lower case; 0 to 9 are the captures.
 * It may stand on a base, which its own members hide.
 */
export class TxCollection {
  /** A name that a settled decision depends on was written: what was settled does not hold any more. */
  unsettled = false;
  private base = NOTHING;
  private watched: ReadonlySet<string> | undefined;
  /** `undefined` hides a member of the base. */
  private values: Map<string, Item | undefined> | undefined;
  private captures = NO_CAPTURES;

  /** Only at the start: members of `base` count as set; a write to a `watched` name raises `unsettled`. */
  standOn(base: TxBase, watched: ReadonlySet<string>): void {
    this.base = base;
    this.watched = watched;
  }

  get(lowerKey: string): string | undefined {
    const digit = digitOf(lowerKey);
    if (digit >= 0 && this.captures[digit] !== undefined && this.values?.has(lowerKey) !== true)
      return this.captures[digit];
    return this.item(lowerKey)?.value;
  }

  item(lowerKey: string): Item | undefined {
    const own = this.values?.get(lowerKey);
    if (own !== undefined || this.values?.has(lowerKey) === true) return own;
    const digit = digitOf(lowerKey);
    const captured = digit < 0 ? undefined : this.captures[digit];
    return captured === undefined ? this.base.items.get(lowerKey) : new Item(lowerKey, captured);
  }

  items(): readonly Item[] {
    const all = new Map<string, Item | undefined>(this.base.items);
    for (const [key, item] of this.values ?? []) all.set(key, item);
    for (const item of this.captured()) all.set(item.key, item);
    return [...all.values()].filter((item) => item !== undefined);
  }

  /** The members that a selector names, without a look at all the others. */
  matching(selector: Selector): readonly Item[] {
    const { values } = this;
    const found: Item[] = [];
    // A member that hides one of the base stands in its place.
    for (const item of this.base.matching(selector)) {
      const shown = values?.has(item.key) === true ? values.get(item.key) : item;
      if (shown !== undefined) found.push(shown);
    }
    for (const [key, item] of values ?? []) {
      if (item !== undefined && !this.base.items.has(key) && selects(selector, item)) found.push(item);
    }
    for (const item of this.captured()) if (selects(selector, item)) found.push(item);
    return found;
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
    for (const digit of DIGITS) this.values.delete(digit);
  }

  private captured(): Item[] {
    const items: Item[] = [];
    for (const [index, value] of this.captures.slice(0, 10).entries()) {
      const key = DIGITS[index];
      if (value !== undefined && key !== undefined && this.values?.has(key) !== true) items.push(new Item(key, value));
    }
    return items;
  }
}

/** -1 when the name is no capture's. */
export function digitOf(lowerKey: string): number {
  if (lowerKey.length !== 1) return -1;
  const code = lowerKey.charCodeAt(0) - 0x30;
  return code >= 0 && code <= 9 ? code : -1;
}
