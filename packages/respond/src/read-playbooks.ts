import { ActionKind, Severity, Verdict, type Finding } from '@seawall/contract';
import { nearest } from '@seawall/faults';
import { DEFAULT_GUARDS, type GuardSettings, type Playbook, type Reaction, type Trigger } from './playbook.ts';

// Reads playbooks from a value that a YAML reader made. All problems are returned at once, each with the path to the
// value that is meant, so that whoever knows the file can say line and column.

export interface PlaybookProblem {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

export type ReadPlaybooks =
  | { readonly ok: true; readonly playbooks: readonly Playbook[] }
  | { readonly ok: false; readonly problems: readonly PlaybookProblem[] };

/** A counter keeps this many times: beyond it a playbook would let one attacker fill the memory. */
const MAX_COUNT = 1000;
const MAX_WITHIN_MS = 24 * 3_600_000;
const MAX_PLAYBOOKS = 100;
const DETECTORS: readonly Finding['detector'][] = ['seclang', 'protocol', 'login', 'limit', 'gateway', 'decoy'];
const PER = ['source', 'address', 'account', 'service', 'instance'] as const;
const TARGETS = ['source', 'address', 'account', 'instance'] as const;
const ON_INSTANCES: readonly string[] = ['restart', 'pause', 'stop', 'quarantine'];
const AT_ONCE: readonly string[] = ['inline', 'restart'];

export function readPlaybooks(value: unknown): ReadPlaybooks {
  const problems: PlaybookProblem[] = [];
  const root = new Place(value, [], problems);
  root.onlyKeys(['playbooks']);
  const list = root.get('playbooks').list(MAX_PLAYBOOKS);
  const playbooks = list.map(readPlaybook);
  playbooks.forEach((playbook, index) => {
    if (playbooks.findIndex((other) => other.name === playbook.name) < index) {
      problems.push({
        path: ['playbooks', index, 'name'],
        text: `a playbook named ${JSON.stringify(playbook.name)} exists already; choose another name`,
      });
    }
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, playbooks };
}

function readPlaybook(place: Place): Playbook {
  place.onlyKeys(['name', 'summary', 'enabled', 'when', 'do', 'guards']);
  const name = place.get('name');
  const playbook: Playbook = {
    name: name.text(60),
    summary: place.get('summary').text(500),
    enabled: place.get('enabled').flag(true),
    when: readTrigger(place.get('when')),
    reaction: readReaction(place.get('do')),
    guards: readGuards(place.get('guards')),
  };
  if (!/^[a-z][a-z0-9-]*$/.test(playbook.name)) name.complain('use lower-case letters, digits and `-`');
  checkTogether(playbook, place);
  return playbook;
}

/** A target is only known when the findings are counted by something that tells it. */
function checkTogether(playbook: Playbook, place: Place): void {
  const { when, reaction } = playbook;
  if (reaction.action === 'inline') return;
  const target = place.get('do').get('target');
  if (ON_INSTANCES.includes(reaction.action) !== (reaction.target === 'instance')) {
    target.complain(`${reaction.action} does not work on ${reaction.target}`);
  } else if (when.per !== reaction.target) {
    target.complain(`findings are counted per ${when.per}, so the target is ${when.per} too (or change \`when.per\`)`);
  }
  if (reaction.forMs === undefined && !AT_ONCE.includes(reaction.action)) {
    place.get('do').complain('say how long with `for`, e.g. `for: 10m`; every action ends by itself');
  }
}

function readTrigger(place: Place): Trigger {
  place.onlyKeys([
    'detector',
    'family',
    'minSeverity',
    'direction',
    'verdict',
    'minScoreRatio',
    'count',
    'within',
    'per',
    'distinct',
    'untilSuccess',
  ]);
  return {
    ...place.get('detector').maybe('detector', (at) => at.several(DETECTORS)),
    ...place.get('family').maybe('family', (at) => at.texts()),
    ...place.get('minSeverity').maybe('minSeverity', (at) => at.oneOf(Severity.options)),
    ...place.get('direction').maybe('direction', (at) => at.oneOf(['request', 'response'] as const)),
    ...place.get('verdict').maybe('verdict', (at) => at.several(Verdict.options)),
    ...place.get('minScoreRatio').maybe('minScoreRatio', (at) => at.number(0, 1000)),
    count: place.get('count').whole(1, MAX_COUNT),
    withinMs: place.get('within').duration(MAX_WITHIN_MS),
    per: place.get('per').oneOf(PER),
    ...place.get('distinct').maybe('distinct', (at) => at.oneOf(['rule', 'path', 'account', 'address'] as const)),
    ...place.get('untilSuccess').maybe('untilSuccess', (at) => at.flag(false)),
  };
}

function readReaction(place: Place): Reaction {
  place.onlyKeys(['action', 'target', 'for', 'dryRun', 'otherwise']);
  const action = place.get('action').oneOf([...ActionKind.options, 'inline' as const]);
  return {
    action,
    target: action === 'inline' && !place.has('target') ? 'source' : place.get('target').oneOf(TARGETS),
    ...place.get('for').maybe('forMs', (at) => at.duration(30 * 24 * 3_600_000)),
    dryRun: place.get('dryRun').flag(false),
    ...place.get('otherwise').maybe('otherwise', (at) => at.oneOf(ActionKind.options)),
  };
}

function readGuards(place: Place): GuardSettings {
  if (!place.present) return DEFAULT_GUARDS;
  place.onlyKeys(['maxShareOfService', 'maxPerMinute', 'protect', 'maxBystanders']);
  return {
    ...DEFAULT_GUARDS,
    ...place.get('maxShareOfService').maybe('maxShareOfService', (at) => at.number(0, 1)),
    ...place.get('maxPerMinute').maybe('maxPerMinute', (at) => at.whole(0, 10_000)),
    ...place.get('protect').maybe('protect', (at) => at.texts()),
    ...place.get('maxBystanders').maybe('maxBystanders', (at) => at.whole(0, 1_000_000)),
  };
}

/** A value with the way to it. Its readers complain and go on with a value of the right kind. */
class Place {
  private readonly value: unknown;
  private readonly path: readonly (string | number)[];
  private readonly problems: PlaybookProblem[];

  constructor(value: unknown, path: readonly (string | number)[], problems: PlaybookProblem[]) {
    this.value = value;
    this.path = path;
    this.problems = problems;
  }

  get present(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  complain(text: string): void {
    this.problems.push({ path: this.path, text });
  }

  private members(): Readonly<Record<string, unknown>> | undefined {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) return undefined;
    return this.value as Readonly<Record<string, unknown>>; // an object that is no array, said above
  }

  has(key: string): boolean {
    return Object.hasOwn(this.members() ?? {}, key);
  }

  get(key: string): Place {
    const members = this.members() ?? {};
    return new Place(Object.hasOwn(members, key) ? members[key] : undefined, [...this.path, key], this.problems);
  }

  onlyKeys(known: readonly string[]): void {
    const members = this.members();
    if (!members) return this.complain(`expected a map with ${known.join(', ')}`);
    for (const key of Object.keys(members)) {
      if (known.includes(key)) continue;
      const near = nearest(key, known);
      this.problems.push({
        path: [...this.path, key],
        text: `unknown key ${JSON.stringify(key.slice(0, 60))}; ${near ? `did you mean ${near}?` : `known are ${known.join(', ')}`}`,
      });
    }
  }

  maybe<K extends string, T>(key: K, read: (place: Place) => T): { readonly [P in K]?: T } {
    // The computed key makes TypeScript forget its name.
    return (this.present ? { [key]: read(this) } : {}) as { readonly [P in K]?: T };
  }

  list(max: number): Place[] {
    if (!Array.isArray(this.value)) {
      this.complain('expected a list');
      return [];
    }
    if (this.value.length > max) this.complain(`at most ${max} entries`);
    return this.value.slice(0, max).map((item, index) => new Place(item, [...this.path, index], this.problems));
  }

  text(max: number): string {
    if (typeof this.value === 'string' && this.value.length > 0 && this.value.length <= max) return this.value;
    this.complain(this.present ? `expected text of 1 to ${max} characters` : 'is missing');
    return '';
  }

  texts(): readonly string[] {
    if (typeof this.value === 'string') return [this.text(200)];
    return this.list(1000).map((place) => place.text(200));
  }

  flag(fallback: boolean): boolean {
    if (typeof this.value === 'boolean') return this.value;
    if (this.present) this.complain('expected true or false');
    return fallback;
  }

  number(least: number, most: number): number {
    if (typeof this.value === 'number' && this.value >= least && this.value <= most) return this.value;
    this.complain(this.present ? `expected a number from ${least} to ${most}` : 'is missing');
    return least;
  }

  whole(least: number, most: number): number {
    const number = this.number(least, most);
    if (Number.isInteger(number)) return number;
    this.complain('expected a whole number');
    return least;
  }

  oneOf<T extends string>(known: readonly T[]): T {
    const found = known.find((word) => word === this.value);
    if (found !== undefined) return found;
    const near = typeof this.value === 'string' ? nearest(this.value, known) : undefined;
    if (!this.present) this.complain(`is missing; choose one of ${known.join(', ')}`);
    else this.complain(near ? `did you mean ${near}?` : `choose one of ${known.join(', ')}`);
    return known[0] as T; // no list of words here is empty
  }

  several<T extends string>(known: readonly T[]): readonly T[] {
    if (!Array.isArray(this.value)) return [this.oneOf(known)];
    return this.list(known.length).map((place) => place.oneOf(known));
  }

  duration(mostMs: number): number {
    const ms = typeof this.value === 'string' ? parseDuration(this.value) : undefined;
    if (ms !== undefined && ms > 0 && ms <= mostMs) return ms;
    this.complain(
      this.present ? `expected a time like 500ms, 60s, 10m or 2h, at most ${mostMs / 3_600_000}h` : 'is missing',
    );
    return 1;
  }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s` → 90000; undefined when it is no such text. */
export function parseDuration(text: string): number | undefined {
  const parts = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = UNIT_MS[parts?.[2] ?? ''];
  return parts && unit !== undefined ? Number(parts[1]) * unit : undefined;
}
