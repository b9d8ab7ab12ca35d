import { Item } from './item.ts';

/** The TX collection: what rules remember within one transaction. Names are lower case; 0 to 9 are the captures. */
export class TxCollection {
  private readonly values = new Map<string, Item>();

  get(lowerKey: string): string | undefined {
    return this.values.get(lowerKey)?.value;
  }

  item(lowerKey: string): Item | undefined {
    return this.values.get(lowerKey);
  }

  items(): readonly Item[] {
    return [...this.values.values()];
  }

  set(lowerKey: string, value: string): void {
    this.values.set(lowerKey, new Item(lowerKey, value));
  }

  delete(lowerKey: string): void {
    this.values.delete(lowerKey);
  }

  capture(captures: readonly (string | undefined)[]): void {
    for (let index = 0; index < 10; index++) {
      const value = captures[index];
      if (value === undefined) this.values.delete(DIGITS[index] ?? '');
      else this.set(DIGITS[index] ?? '', value);
    }
  }
}

const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
