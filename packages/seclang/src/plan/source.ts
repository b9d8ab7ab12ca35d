import type { CompiledLink, CompiledTarget, Selector } from '../compile/program.ts';
import { selects } from '../compile/selectors.ts';
import type { Operator } from '../operators/operator.ts';
import type { Item } from '../transaction/item.ts';
import type { Variable } from '../variables/variable.ts';
import type { Profile } from './profile.ts';

/** What one target of one link asks of a value. */
export interface Asked {
  /** The bit that says that some value answers yes. */
  readonly mark: number;
  readonly link: CompiledLink;
  /** The link's, or the same with what the macros of its argument are known to say. */
  readonly operator: Operator;
  readonly target: CompiledTarget;
}

/** Names come from clients: what is remembered of them is bounded. */
const NAMES_KEPT = 512;
const MAX_NAME = 64;
const PROFILES_KEPT = 128;

/** Where values come from, and what is asked of them. */
export class Source {
  readonly variable: Variable;
  private readonly asked: readonly Asked[];
  /** Names that some target selects or excludes, in lower case, and the patterns that do so. */
  private readonly named: ReadonlySet<string>;
  private readonly patterns: readonly Selector[];
  private readonly profiles = new Map<string, Profile>();
  private readonly byName = new Map<string, Profile>();
  /** Of values whose names nobody selects. */
  private unnamed: Profile | undefined;
  private readonly make: (asked: readonly Asked[]) => Profile;

  constructor(variable: Variable, asked: readonly Asked[], make: (asked: readonly Asked[]) => Profile) {
    this.variable = variable;
    this.asked = asked;
    this.make = make;
    const selectors = asked.flatMap(({ target }) => [target.selector, ...target.exclusions]);
    this.named = new Set(selectors.flatMap((selector) => (selector.kind === 'key' ? [selector.lowerKey] : [])));
    this.patterns = selectors.filter((selector) => selector.kind === 'pattern');
  }

  /** Values whose names the rules do not tell apart share a profile. */
  profileOf(item: Item): Profile {
    if (this.patterns.length === 0 && (this.named.size === 0 || !this.named.has(item.lowerKey))) {
      return (this.unnamed ??= this.sharedProfile(item));
    }
    const known = this.byName.get(item.key);
    if (known !== undefined) return known;
    const profile = this.isUnnamed(item) ? (this.unnamed ??= this.sharedProfile(item)) : this.sharedProfile(item);
    if (item.key.length <= MAX_NAME) {
      if (this.byName.size >= NAMES_KEPT) this.byName.clear();
      this.byName.set(item.key, profile);
    }
    return profile;
  }

  private isUnnamed(item: Item): boolean {
    return !this.named.has(item.lowerKey) && !this.patterns.some((selector) => selects(selector, item));
  }

  private sharedProfile(item: Item): Profile {
    const asked = this.asked.filter(({ target }) => concerns(target, item));
    const key = asked.map(({ mark }) => mark).join();
    let profile = this.profiles.get(key);
    if (profile === undefined) {
      profile = this.make(asked);
      if (this.profiles.size < PROFILES_KEPT) this.profiles.set(key, profile);
    }
    return profile;
  }
}

function concerns({ selector, exclusions }: CompiledTarget, item: Item): boolean {
  return selects(selector, item) && !exclusions.some((exclusion) => selects(exclusion, item));
}
