import { Buffer } from 'node:buffer';
import { parseAddress } from './ip-network.ts';

// The older GeoIP City format (*.dat): a binary tree over the 32 bits of an address with 3-byte records, then the places. Reads outside the
// file throw a RangeError, as in GeoDatabase.

/** Country codes in the order of their numbers in such files. */
const COUNTRIES =
  `--APEUADAEAFAGAIALAMCWAOAQARASATAUAWAZBABBBDBEBFBGBHBIBJBMBNBOBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCXCYCZDEDJDKDMDODZ
ECEEEGEHERESETFIFJFKFMFOFRSXGAGBGDGEGFGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILINIOIQIRISITJMJOJPKEKGKHKIKMKNKPKRKWKYKZ
LALBLCLILKLRLSLTLULVLYMAMCMDMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQA
RERORURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSTSVSYSZTCTDTFTGTHTJTKTMTNTOTLTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTRSZAZMMEZW
A1A2O1AXGGIMJEBLMFBQSS`.replaceAll('\n', '');

const DELIMITER = Buffer.from('\xff\xff\xff', 'latin1');
/** City files of both revisions. */
const KINDS: ReadonlySet<number> = new Set([2, 6]);
/** Longer names are damage. */
const MAX_NAME = 255;

export class GeoCityFile {
  readonly #bytes: Buffer;
  readonly #segments: number;

  /** Throws a RangeError when the text is no such file. */
  constructor(file: string) {
    this.#bytes = Buffer.from(file, 'latin1');
    const facts = this.#bytes.lastIndexOf(DELIMITER);
    if (facts === -1 || facts < this.#bytes.length - 32) throw new RangeError('it has neither of the known formats');
    const kind = this.#bytes.readUInt8(facts + 3);
    if (!KINDS.has(kind)) throw new RangeError('it is no file of cities');
    this.#segments = this.#bytes.readUIntLE(facts + 4, 3);
    if (this.#segments === 0 || this.#segments * 6 > facts) throw new RangeError('its search tree is damaged');
  }

  find(text: string): ReadonlyMap<string, string> | undefined {
    const address = parseAddress(text);
    if (address?.length !== 4) return undefined;
    let node = 0;
    for (let bit = 0; bit < 32 && node < this.#segments; bit++) {
      const side = ((address[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
      node = this.#bytes.readUIntLE(node * 6 + side * 3, 3);
    }
    return node > this.#segments ? this.#place(node + 5 * this.#segments) : undefined;
  }

  #place(start: number): ReadonlyMap<string, string> {
    const number = this.#bytes.readUInt8(start);
    const country = COUNTRIES.slice(number * 2, number * 2 + 2);
    const found = new Map([['COUNTRY_CODE', country]]);
    let at = start + 1;
    for (const name of ['REGION', 'CITY', 'POSTAL_CODE']) {
      const end = this.#bytes.indexOf(0, at);
      if (end === -1 || end - at > MAX_NAME) throw new RangeError('a place is damaged');
      if (end > at) found.set(name, this.#bytes.toString('latin1', at, end));
      at = end + 1;
    }
    for (const name of ['LATITUDE', 'LONGITUDE']) {
      // Such files are as exact as a 32-bit number.
      found.set(name, Math.fround(this.#bytes.readUIntLE(at, 3) / 10_000 - 180).toFixed(6));
      at += 3;
    }
    if (country === 'US') {
      const both = this.#bytes.readUIntLE(at, 3);
      found.set('DMA_CODE', String(Math.floor(both / 1000))).set('AREA_CODE', String(both % 1000));
    }
    return found;
  }
}
