import assert from 'node:assert/strict';
import { it } from 'node:test';
import { routeOf } from '../testing/bed.ts';
import { hostName, plainPath, RouteTable, splitTarget } from './route.ts';

it('finds the route by host, then by the longest prefix that ends at a segment', () => {
  const table = new RouteTable([
    routeOf('any', { path: '/' }),
    routeOf('api', { path: '/api' }),
    routeOf('deep', { path: '/api/v1/' }),
    routeOf('shop', { host: 'shop.local', path: '/' }),
  ]);
  const cases = [
    ['other', '/', 'any'],
    ['other', '/api', 'api'],
    ['other', '/api/x', 'api'],
    ['other', '/apix', 'any'],
    ['other', '/api/v1', 'deep'],
    ['other', '/api/v1/x', 'deep'],
    ['shop.local', '/api', 'shop'],
  ] as const;
  for (const [host, path, service] of cases) assert.equal(table.find(host, path)?.service, service, `${host}${path}`);
  assert.equal(cases.length, 7);
  assert.equal(new RouteTable([routeOf('x', { host: 'a' })]).find('b', '/'), undefined);
});

it('inspects as strictly as the path that the service may read', () => {
  const table = new RouteTable([
    routeOf('files', { path: '/', mode: 'protect' }),
    routeOf('public', { path: '/public', mode: 'off' }),
  ]);
  for (const path of ['/public/../admin', '/public/%2e%2e/admin', '/public/%252e%252e/admin', '/public/..;/admin']) {
    const found = table.find('h', path);
    assert.equal(found?.mode, 'protect', path);
    assert.equal(found?.service, 'public', path);
  }
  assert.equal(table.find('h', '/public/a%20b')?.mode, 'off');
});

it('reads paths, hosts and targets', () => {
  const paths = [
    ['/a', '/a'],
    ['/a//b/./c', '/a/b/c'],
    ['/../../a', '/a'],
    ['/%2e%2E/a', '/a'],
    ['/a/..', '/'],
    ['/a;x=1/b', '/a/b'],
  ] as const;
  for (const [path, plain] of paths) assert.equal(plainPath(path), plain, path);
  assert.equal(paths.length, 6);
  assert.equal(hostName('Shop.Local.:8080'), 'shop.local');
  assert.equal(hostName('[::1]:80'), '[::1]');
  assert.deepEqual(splitTarget('http://h:1?x=1', 'absolute'), { path: '/', query: 'x=1' });
  assert.deepEqual(splitTarget('/a?b?c', 'origin'), { path: '/a', query: 'b?c' });
});
