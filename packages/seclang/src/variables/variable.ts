import type { Selector } from '../compile/program.ts';
import type { Item } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';

/** Where the values of a rule's target come from. */
export interface Variable {
  readonly name: string;
  /** A collection takes a selector; a single value has an empty key. */
  readonly kind: 'single' | 'collection';
  /** Position in the transaction's table of values read before; absent = read anew each time, because rules change it. */
  readonly slot?: number;
  read(run: Run): readonly Item[];
  /** One member by lower-case key, for collections that are kept as maps. */
  readOne?(run: Run, lowerKey: string): Item | undefined;
  /** The members that a pattern selects, when there is a shorter way than to read all. */
  readMatching?(run: Run, selector: Selector): readonly Item[];
}
