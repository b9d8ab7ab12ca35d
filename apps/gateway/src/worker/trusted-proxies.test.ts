import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import type { HeadField } from '@seawall/wire';
import fc from 'fast-check';
import { TrustedProxies } from './trusted-proxies.ts';

const NETWORKS = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'];
const PEER = '10.0.0.1';

/** Where it stood in a head does not matter here. */
const fieldOf = (name: string, value: string): HeadField => ({
  name,
  lower: name.toLowerCase(),
  value,
  start: 0,
  end: 0,
});

const clientOf = (header: 'x-forwarded-for' | 'forwarded', values: readonly string[], peer = PEER): string =>
  new TrustedProxies({ networks: NETWORKS, header }).clientOf(
    peer,
    values.map((value) => fieldOf(header, value)),
  );

const CHAINS: readonly (readonly [what: string, values: readonly string[], client: string, peer?: string])[] = [
  ['no field', [], PEER],
  ['one client', ['203.0.113.9'], '203.0.113.9'],
  ['what the client wrote stands before its own address', ['198.51.100.1, 203.0.113.9'], '203.0.113.9'],
  ['proxies in a row', ['203.0.113.9, 10.9.9.9, 192.0.2.7'], '203.0.113.9'],
  ['fields in a row', ['198.51.100.1', '203.0.113.9, 10.9.9.9'], '203.0.113.9'],
  ['only proxies: the first of them', ['10.1.1.1, 10.2.2.2'], '10.1.1.1'],
  ['a peer that is not trusted', ['203.0.113.9'], '198.51.100.4', '198.51.100.4'],
  ['a neighbour of the one address', ['203.0.113.9'], '192.0.2.8', '192.0.2.8'],
  ['with a port', ['203.0.113.9:4711'], '203.0.113.9'],
  ['IPv6 with a port', ['[2001:DB9::0:1]:4711'], '2001:db9::1'],
  ['IPv6 in its one form', ['2001:0DB9:0:0:0:0:0:1'], '2001:db9::1'],
  ['a proxy of IPv6', ['203.0.113.9, 2001:db8::5'], '203.0.113.9'],
  ['IPv4 in IPv6', ['::ffff:203.0.113.9'], '203.0.113.9'],
  ['a proxy as IPv4 in IPv6', ['203.0.113.9, ::ffff:10.0.0.2'], '203.0.113.9'],
  ['garbage at the end: the proxy answers for it', ['203.0.113.9, unknown'], PEER],
  ['garbage behind a proxy', ['evil, 10.2.2.2'], '10.2.2.2'],
  ['octal and short forms are none', ['0177.0.0.1'], PEER],
  ['a zone is none', ['fe80::1%eth0'], PEER],
  ['an empty entry', ['203.0.113.9,'], PEER],
  ['a list of more than 32 proxies', [`203.0.113.9${', 10.0.0.3'.repeat(40)}`], '10.0.0.3'],
];

test('X-Forwarded-For is read from its end, as far as trusted proxies wrote it', () => {
  assert.equal(CHAINS.length, 20);
  for (const [what, values, client, peer] of CHAINS) {
    assert.equal(clientOf('x-forwarded-for', values, peer), client, what);
  }
});

const ELEMENTS: readonly (readonly [what: string, values: readonly string[], client: string])[] = [
  ['plain', ['for=203.0.113.9;proto=https'], '203.0.113.9'],
  ['names in any case', ['Proto=https;FOR=203.0.113.9'], '203.0.113.9'],
  ['quoted IPv6 with a port', ['for="[2001:db9::1]:4711"'], '2001:db9::1'],
  ['a comma inside quotes is no end', ['for=203.0.113.9;host="a,for=198.51.100.1"'], '203.0.113.9'],
  ['an escaped quote ends nothing', ['for=203.0.113.9;host="a\\",for=198.51.100.1"'], '203.0.113.9'],
  ['proxies in a row', ['for=203.0.113.9, for=10.2.2.2;by=10.3.3.3'], '203.0.113.9'],
  ['a quote that the client left open swallows nothing', ['for="198.51.100.1', 'for=203.0.113.9'], '203.0.113.9'],
  ['a hidden name', ['for=_secret'], PEER],
  ['no for', ['proto=https'], PEER],
];

test('Forwarded is read as RFC 7239 says', () => {
  assert.equal(ELEMENTS.length, 9);
  for (const [what, values, client] of ELEMENTS) assert.equal(clientOf('forwarded', values), client, what);
});

test('the field that was not chosen is not read', () => {
  const trusted = new TrustedProxies({ networks: NETWORKS, header: 'forwarded' });
  const fields = [fieldOf('X-Forwarded-For', '203.0.113.9')];
  assert.equal(trusted.clientOf(PEER, fields), PEER);
  assert.deepEqual([...trusted.toldBy(PEER)], ['forwarded', 'x-forwarded-proto', 'x-forwarded-host']);
  assert.deepEqual([...trusted.toldBy('198.51.100.4')], []);
});

test('whatever a client writes before its address changes nothing', () => {
  const forged = fc.string({ unit: fc.constantFrom(...'0123456789.,:[]" ;=\\for\t'), maxLength: 300 });
  fc.assert(
    fc.property(forged, (text) => {
      assert.equal(clientOf('x-forwarded-for', [text, '203.0.113.9']), '203.0.113.9');
      assert.equal(clientOf('forwarded', [text, 'for=203.0.113.9;proto=https']), '203.0.113.9');
      assert.notEqual(isIP(clientOf('x-forwarded-for', [text])), 0);
      assert.notEqual(isIP(clientOf('forwarded', [text])), 0);
    }),
  );
});

test('a network that is none is refused', () => {
  assert.throws(() => new TrustedProxies({ networks: ['10.0.0.0/99'], header: 'forwarded' }));
});
