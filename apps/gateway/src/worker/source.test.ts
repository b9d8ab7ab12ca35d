import assert from 'node:assert/strict';
import { it } from 'node:test';
import { serviceOf } from '../testing/bed.ts';
import { accountOf } from './login.ts';
import { addressKey, formValue, Senders } from './source.ts';

const senders = new Senders(Buffer.alloc(32, 7));

it('names addresses, of IPv6 the /64', () => {
  const cases = [
    ['127.0.0.9', '127.0.0.9'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ] as const;
  for (const [address, key] of cases) assert.equal(addressKey(address), key, address);
  assert.equal(cases.length, 5);
});

it('tells sessions and tokens apart by a keyed hash, and never by their value', () => {
  const ask = (fields: { name: string; value: string }[], place: Parameters<typeof serviceOf>[2] = {}) =>
    senders.of(serviceOf('shop', [1], place), {
      address: '127.0.0.1',
      fields: fields.map((field) => ({ ...field, lower: field.name.toLowerCase(), start: -1, end: 0 })),
      query: 'token=abc',
    });
  const cookie = ask([{ name: 'COOKIE', value: 'a=1; sid="s3cret"; sid=other' }]);
  assert.equal(cookie.source.kind, 'session');
  assert.equal(cookie.secret, 's3cret');
  assert.match(JSON.stringify(cookie.source), /"hash":"[0-9a-f]{32}"/);
  const bearer = ask([{ name: 'Authorization', value: 'Bearer  t0ken' }], {
    session: { in: 'header', name: 'authorization' },
  });
  assert.equal(bearer.source.kind, 'token');
  assert.equal(bearer.secret, 't0ken');
  assert.equal(ask([], { session: { in: 'query', name: 'token' } }).secret, 'abc');
  assert.deepEqual(ask([{ name: 'cookie', value: 'sid=' }]).source, { kind: 'address', address: '127.0.0.1' });
  assert.notDeepEqual(
    ask([{ name: 'cookie', value: 'sid=x1' }]).source,
    ask([{ name: 'cookie', value: 'sid=x2' }]).source,
  );
});

it('finds the account of a log-in', () => {
  const at = (place: 'json' | 'form' | 'query', name: string) =>
    serviceOf('shop', [1], { login: { method: 'POST', path: '/', account: { in: place, name }, failedStatus: [401] } });
  const cases = [
    [at('json', 'user.name'), '{"user":{"name":"álice"}}', 'álice'],
    [at('json', 'user'), '{"user":17}', '17'],
    [at('json', 'user'), '{"user":{}}', undefined],
    [at('json', '__proto__.x'), '{}', undefined],
    [at('json', 'user'), 'not json', undefined],
    [at('form', 'u'), 'x=1&u=a%40b+c', 'a@b c'],
    [at('query', 'u'), '', 'q'],
  ] as const;
  for (const [service, body, account] of cases)
    assert.equal(accountOf(service, 'u=q', Buffer.from(body)), account, body);
  assert.equal(cases.length, 7);
  assert.equal(formValue('a&b=%zz', 'b'), '%zz');
});
