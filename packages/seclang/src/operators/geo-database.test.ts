import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadRules } from '../index.ts';
import { exchange } from '../transaction/trial.ts';
import { GeoDatabase, readGeoTable } from './geo-database.ts';

// A database of one network, written as the format says: a tree of 24-bit records, 16 zero bytes, records, the marker, facts.

const text = (value: string): Buffer => Buffer.concat([Buffer.of(0x40 | value.length), Buffer.from(value)]);
const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(9, 0x68);
  bytes.writeDoubleBE(value, 1);
  return bytes;
};
const uint = (value: number): Buffer =>
  Buffer.of(0xc4, value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
const map = (members: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat([
    Buffer.of(0xe0 | Object.keys(members).length),
    ...Object.entries(members).flatMap(([key, value]) => [text(key), value]),
  ]);

/** 10.0.0.0/8 is in XA at 1.5, everything else nowhere. */
function database(): Buffer {
  const bits = [0, 0, 0, 0, 1, 0, 1, 0];
  const nodes = bits.length;
  const tree = bits.map((bit, index) => {
    const next = index + 1 < nodes ? index + 1 : nodes + 16;
    const record = Buffer.alloc(6);
    record.writeUIntBE(bit === 0 ? next : nodes, 0, 3);
    record.writeUIntBE(bit === 1 ? next : nodes, 3, 3);
    return record;
  });
  const place = map({ country: map({ iso_code: text('XA') }), location: map({ latitude: double(1.5) }) });
  const facts = map({ node_count: uint(nodes), record_size: uint(24), ip_version: uint(4) });
  return Buffer.concat([...tree, Buffer.alloc(16), place, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), facts]);
}

const FILE = database().toString('latin1');

test('an address is found in its network', () => {
  const geo = new GeoDatabase(FILE);
  assert.deepEqual(
    geo.find('10.9.8.7'),
    new Map([
      ['COUNTRY_CODE', 'XA'],
      ['LATITUDE', '1.500000'],
    ]),
  );
  assert.throws(() => readGeoTable('no table'), RangeError);
  for (const other of ['11.0.0.1', '10.0.0', '::1', '']) assert.equal(geo.find(other), undefined, other);
});

test('@geoLookup fills GEO, and a file that is none is refused', () => {
  const rules = [
    'SecGeoLookupDb places.mmdb',
    'SecRule ARGS:ip "@geoLookup" "id:1,phase:2,pass,nolog"',
    'SecRule GEO:COUNTRY_CODE "@streq XA" "id:2,phase:2,deny"',
  ].join('\n');
  const load = (file: string): ReturnType<typeof loadRules> =>
    loadRules({
      files: new Map([
        ['main.conf', rules],
        ['places.mmdb', file],
      ]),
      entry: ['main.conf'],
    });
  const loaded = load(FILE);
  assert.ok(loaded.ok);
  const kinds = ['10.1.1.1', '11.1.1.1'].map((ip) => exchange(loaded.ruleSet, { target: `/?ip=${ip}` }).decision.kind);
  assert.deepEqual(kinds, ['deny', 'continue']);
  const refused = load('no database');
  assert.deepEqual(
    !refused.ok &&
      refused.problems.filter(({ severity }) => severity === 'error').map(({ code, line }) => [code, line]),
    [['seclang.bad-geo-database', 1]],
  );
});

test('a damaged file throws nothing but RangeError, and ends', () => {
  const whole = database();
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, length) => {
      const damaged = Buffer.from(whole.subarray(0, whole.length - (length % 7 === 0 ? length : 0)));
      if (at < damaged.length) damaged[at] = byte;
      try {
        new GeoDatabase(damaged.toString('latin1')).find('10.9.8.7');
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }),
  );
});
