import { Buffer } from 'node:buffer';
import { GeoCityFile } from './geo-city-file.ts';
import { parseAddress } from './ip-network.ts';

// MaxMind DB format 2.0: a binary tree over the bits of an address, whose leaves point to records. The file comes from whoever runs the
// gateway, but it may be damaged: depth is limited, and every read outside the file throws a RangeError, which refuses the file.

type Value = string | number | bigint | boolean | Buffer | readonly Value[] | ReadonlyMap<string, Value>;

const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** Deeper nesting is a loop of pointers. */
const MAX_DEPTH = 32;
const KINDS = [
  '',
  '',
  'text',
  'double',
  'bytes',
  'uint',
  'uint',
  'map',
  'int',
  'uint',
  'uint',
  'list',
  '',
  '',
  'flag',
  'float',
];

/** Places of addresses, by the names that rules know as GEO. */
export interface GeoTable {
  /** Undefined when the address is none, or in no network of the file. */
  find(address: string): ReadonlyMap<string, string> | undefined;
}

/** Either of the formats; throws a RangeError when the text has neither. */
export function readGeoTable(file: string): GeoTable {
  return file.includes(MARKER.toString('latin1')) ? new GeoDatabase(file) : new GeoCityFile(file);
}

export class GeoDatabase implements GeoTable {
  readonly #bytes: Buffer;
  readonly #nodes: number;
  readonly #recordBits: number;
  readonly #ipv6: boolean;
  readonly #data: number;

  /** Throws a RangeError when the text is no such file. */
  constructor(file: string) {
    this.#bytes = Buffer.from(file, 'latin1');
    const marker = this.#bytes.lastIndexOf(MARKER);
    if (marker === -1) throw new RangeError('it is no MaxMind DB file');
    const about = this.#map(marker + MARKER.length, marker + MARKER.length);
    this.#nodes = Number(about.get('node_count') ?? 0);
    this.#recordBits = Number(about.get('record_size') ?? 0);
    this.#ipv6 = about.get('ip_version') === 6;
    const treeBytes = (this.#nodes * this.#recordBits) / 4;
    if (![24, 28, 32].includes(this.#recordBits) || treeBytes > this.#bytes.length)
      throw new RangeError('its search tree is damaged');
    this.#data = treeBytes + 16;
  }

  find(text: string): ReadonlyMap<string, string> | undefined {
    const address = parseAddress(text);
    if (address === undefined || (address.length === 16 && !this.#ipv6)) return undefined;
    const padding = this.#ipv6 && address.length === 4 ? 96 : 0;
    let node = 0;
    for (let bit = 0; bit < padding + address.length * 8 && node < this.#nodes; bit++) {
      const place = bit - padding;
      node = this.#child(node, place < 0 ? 0 : ((address[place >> 3] ?? 0) >> (7 - (place & 7))) & 1);
    }
    return node > this.#nodes ? fields(this.#map(node - this.#nodes - 16 + this.#data, this.#data)) : undefined;
  }

  #child(node: number, side: number): number {
    const at = (node * this.#recordBits) / 4;
    if (this.#recordBits === 24) return this.#bytes.readUIntBE(at + side * 3, 3);
    if (this.#recordBits === 32) return this.#bytes.readUInt32BE(at + side * 4);
    const middle = this.#bytes.readUInt8(at + 3);
    const high = side === 0 ? middle >> 4 : middle & 15;
    return high * 0x1000000 + this.#bytes.readUIntBE(at + side * 4, 3);
  }

  #map(at: number, base: number): ReadonlyMap<string, Value> {
    const { value } = this.#value(at, base, 0);
    if (!isMap(value)) throw new RangeError('a record is damaged');
    return value;
  }

  /** `base`: what pointers count from. */
  #value(start: number, base: number, depth: number): { readonly value: Value; readonly end: number } {
    if (depth > MAX_DEPTH) throw new RangeError('its records are nested too deeply');
    let at = start;
    const control = this.#bytes.readUInt8(at++);
    if (control >> 5 === 1) return this.#pointer(control, at, base, depth);
    const kind = KINDS[control >> 5 || 7 + this.#bytes.readUInt8(at++)];
    let size = control & 31;
    if (size > 28) {
      const more = size - 28;
      size = [0, 29, 285, 65_821][more] ?? 0;
      size += this.#bytes.readUIntBE(at, more);
      at += more;
    }
    if (kind === 'map') return this.#members(at, size, base, depth);
    if (kind === 'list') return this.#list(at, size, base, depth);
    if (kind === 'flag') return { value: size !== 0, end: at };
    if (at + size > this.#bytes.length) throw new RangeError('a record ends too early');
    return { value: this.#scalar(kind, at, size), end: at + size };
  }

  #scalar(kind: string | undefined, at: number, size: number): Value {
    switch (kind) {
      case 'text':
        return this.#bytes.toString('latin1', at, at + size);
      case 'double':
        return this.#bytes.readDoubleBE(at);
      case 'float':
        return this.#bytes.readFloatBE(at);
      case 'uint':
        return size <= 6
          ? size === 0
            ? 0
            : this.#bytes.readUIntBE(at, size)
          : BigInt(`0x${this.#bytes.toString('hex', at, at + size)}`);
      case 'int':
        return size === 0 ? 0 : this.#bytes.readIntBE(at, size);
      case 'bytes':
        return this.#bytes.subarray(at, at + size);
      default:
        throw new RangeError('a record has an unknown kind');
    }
  }

  #pointer(control: number, at: number, base: number, depth: number): { value: Value; end: number } {
    const size = ((control >> 3) & 3) + 1;
    const low = this.#bytes.readUIntBE(at, size);
    const high = size === 4 ? 0 : (control & 7) * 256 ** size;
    const offset = [0, 0, 2048, 526_336, 0][size] ?? 0;
    return { value: this.#value(base + low + high + offset, base, depth + 1).value, end: at + size };
  }

  #members(start: number, size: number, base: number, depth: number): { value: Value; end: number } {
    const map = new Map<string, Value>();
    let at = start;
    for (let count = 0; count < size; count++) {
      const key = this.#value(at, base, depth + 1);
      const member = this.#value(key.end, base, depth + 1);
      map.set(String(key.value), member.value);
      at = member.end;
    }
    return { value: map, end: at };
  }

  #list(start: number, size: number, base: number, depth: number): { value: Value; end: number } {
    const list: Value[] = [];
    let at = start;
    for (let count = 0; count < size; count++) {
      const member = this.#value(at, base, depth + 1);
      list.push(member.value);
      at = member.end;
    }
    return { value: list, end: at };
  }
}

function isMap(value: Value | undefined): value is ReadonlyMap<string, Value> {
  return value instanceof Map;
}

/** Paths in a record; `0` = the first of a list. */
const FIELDS: readonly (readonly [name: string, ...path: string[]])[] = [
  ['COUNTRY_CODE', 'country', 'iso_code'],
  ['COUNTRY_NAME', 'country', 'names', 'en'],
  ['COUNTRY_CONTINENT', 'continent', 'names', 'en'],
  ['REGION', 'subdivisions', '0', 'names', 'en'],
  ['CITY', 'city', 'names', 'en'],
  ['POSTAL_CODE', 'postal', 'code'],
  ['LATITUDE', 'location', 'latitude'],
  ['LONGITUDE', 'location', 'longitude'],
];

function fields(record: ReadonlyMap<string, Value>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, ...path] of FIELDS) {
    let value: Value | undefined = record;
    for (const key of path)
      value = isMap(value)
        ? value.get(key)
        : Array.isArray(value)
          ? (value as readonly Value[])[Number(key)]
          : undefined; // lists hold values
    if (typeof value === 'number') found.set(name, value.toFixed(6));
    else if (typeof value === 'string') found.set(name, value);
  }
  return found;
}
