import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '@seawall/faults';
import { readArguments } from './arguments.ts';

test('arguments have defaults below the data folder', () => {
  const args = readArguments(['--data', '/d']);
  assert.deepEqual(args, {
    data: '/d',
    config: '/d/config',
    port: undefined,
    address: undefined,
    socket: '/d/bus.sock',
    tokenFile: '/d/bus-token',
    dashboard: undefined,
    decoy: undefined,
    hostNames: [],
    lastGood: false,
  });
  assert.deepEqual(readArguments(['--data', '/d', '--decoy', '[::1]:90']).decoy, { address: '::1', port: 90 });
});

test('wrong arguments are refused', () => {
  const wrong = [
    [],
    ['--data', '/d', '--prot', '1'],
    ['--data', '/d', '--port', '70000'],
    ['--data', '/d', '--port', 'x'],
    ['--data', '/d', '--decoy', 'here'],
    ['--data', '/d', '--address', 'everywhere'],
    ['--data', '/d', 'more'],
  ];
  for (const args of wrong) {
    assert.throws(
      () => readArguments(args),
      (error) => error instanceof Fault && error.code === 'server.bad-argument',
    );
  }
});
