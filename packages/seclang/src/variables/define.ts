import { Item, NO_ITEMS } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import type { Variable } from './variable.ts';

/** A single value; undefined = the variable has no value, and no rule looks at it. */
export function single(name: string, read: (run: Run) => string | undefined): Variable {
  return {
    name,
    kind: 'single',
    read(run) {
      const value = read(run);
      return value === undefined ? NO_ITEMS : [new Item('', value)];
    },
  };
}

export function collection(name: string, read: (run: Run) => readonly Item[]): Variable {
  return { name, kind: 'collection', read };
}

/** The names of a collection's members as values; the same for each collection that a member stands in. */
export function namesOf(name: string, source: (run: Run) => readonly Item[]): Variable {
  return collection(name, (run) => source(run).map((item) => item.nameItem));
}

/** Values that cannot change after the head is known are made once for all phases, and with them what transformations make of them. */
export function lasting(variables: readonly Variable[]): Variable[] {
  return variables.map((variable, place) => ({
    ...variable,
    read(run) {
      const { lasting: made } = run.request;
      made[place] ??= variable.read(run);
      return made[place];
    },
  }));
}

/** Values that cannot change within a phase are read once a phase. */
export function steady(variables: readonly Variable[], firstSlot: number): Variable[] {
  return variables.map((variable, index) => ({ ...variable, slot: firstSlot + index }));
}
