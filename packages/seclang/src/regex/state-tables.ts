// The states of one lazy automaton and its transition table. All automata together hold at most POOL_BYTES counted; whoever
// goes over starts a new generation, and each automaton forgets what it holds of an older one when it runs next. So hostile
// values cannot make many automata keep large tables (in all at most twice POOL_BYTES, until the old ones run again or go).

export const UNKNOWN = 0;
export const DEAD = 1;
export const MATCHED = 2;
const FIRST_ID = 3;

export const MAX_STATES = 2000;
/** Instruction numbers held by all states of an automaton: 0.6 MB. */
const MAX_HELD = 300_000;
const POOL_BYTES = 16 * 1024 * 1024;
/** Entries of a state in the arrays and the map beside table and instruction numbers. */
const STATE_BYTES = 100;

const pool = { generation: 0, bytes: 0 };

export class StateTables {
  readonly width: number;
  /** `state * width + column` to the next state; the top bit says that a match ends before the column's byte. */
  table: Uint16Array;
  /** Times the tables were forgotten because they were full. */
  flushes = 0;
  #held: Uint16Array = new Uint16Array(0);
  /** Where a state's instructions begin; the next entry is where they end. */
  #offsets: number[] = [];
  #contexts: number[] = [];
  #masks: number[] = [];
  /** The state with the same hash that was made before, or 0. */
  #older: number[] = [];
  #byHash = new Map<number, number>();
  #generation = pool.generation;

  constructor(width: number) {
    this.width = width;
    this.table = new Uint16Array(0);
    this.clear();
  }

  get count(): number {
    return this.#contexts.length - FIRST_ID;
  }

  /** True when everything was forgotten because all automata together grew too large. */
  renew(): boolean {
    if (this.#generation === pool.generation) return false;
    this.clear();
    return true;
  }

  clear(): void {
    if (this.#generation === pool.generation) pool.bytes -= this.bytes;
    this.#generation = pool.generation;
    this.table = new Uint16Array(0);
    this.#held = new Uint16Array(0);
    this.#offsets = [0, 0, 0, 0];
    this.#contexts = [0, 0, 0];
    this.#masks = [0, 0, 0];
    this.#older = [0, 0, 0];
    this.#byHash = new Map();
    pool.bytes += this.bytes;
  }

  get bytes(): number {
    return this.table.byteLength + this.#held.byteLength + this.#contexts.length * STATE_BYTES;
  }

  waiting(state: number): Uint16Array {
    return this.#held.subarray(this.#offsets[state], this.#offsets[state + 1]);
  }

  context(state: number): number {
    return this.#contexts[state] ?? 0;
  }

  mask(state: number): number {
    return this.#masks[state] ?? 0;
  }

  /** The state of these instructions, made when it is new; forgets all others when there is no more room. */
  intern(waiting: Uint16Array, context: number, mask: number): number {
    let hash = Math.imul(context + 31, 0x01000193) ^ mask;
    for (let at = 0; at < waiting.length; at++) hash = Math.imul(hash ^ (waiting[at] ?? 0), 0x01000193);
    for (let id = this.#byHash.get(hash) ?? 0; id !== 0; id = this.#older[id] ?? 0) {
      if (this.#contexts[id] === context && this.#masks[id] === mask && this.#holds(id, waiting)) return id;
    }
    this.#makeRoom(waiting.length);
    const id = this.#contexts.push(context) - 1;
    this.#masks.push(mask);
    this.#older.push(this.#byHash.get(hash) ?? 0);
    this.#byHash.set(hash, id);
    const from = this.#offsets[id] ?? 0;
    this.#held.set(waiting, from);
    this.#offsets.push(from + waiting.length);
    pool.bytes += STATE_BYTES;
    return id;
  }

  #holds(id: number, waiting: Uint16Array): boolean {
    const from = this.#offsets[id] ?? 0;
    if ((this.#offsets[id + 1] ?? 0) - from !== waiting.length) return false;
    for (let at = 0; at < waiting.length; at++) if (this.#held[from + at] !== waiting[at]) return false;
    return true;
  }

  #makeRoom(length: number): void {
    const end = this.#offsets.at(-1) ?? 0;
    if (this.#contexts.length >= MAX_STATES || end + length > MAX_HELD) this.#overflow();
    else if (pool.bytes > POOL_BYTES) {
      pool.generation++;
      pool.bytes = 0;
      this.#overflow();
    }
    const id = this.#contexts.length;
    if ((id + 1) * this.width > this.table.length) {
      const larger = new Uint16Array(Math.max(8 * this.width, this.table.length * 2));
      larger.set(this.table);
      pool.bytes += larger.byteLength - this.table.byteLength;
      this.table = larger;
    }
    const needed = (this.#offsets.at(-1) ?? 0) + length;
    if (needed > this.#held.length) {
      const larger = new Uint16Array(Math.max(32, needed, this.#held.length * 2));
      larger.set(this.#held);
      pool.bytes += larger.byteLength - this.#held.byteLength;
      this.#held = larger;
    }
  }

  #overflow(): void {
    this.flushes++;
    this.clear();
  }
}
