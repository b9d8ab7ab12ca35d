import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Names, nameTable, WORDS } from './names.ts';

test('no word is listed twice', () => {
  assert.equal(new Set(WORDS).size, WORDS.length);
});

test('plain names are the words themselves', () => {
  const names = new Names(nameTable());
  assert.equal(names.path('/api/login'), '/api/login');
  assert.deepEqual(names.fromWire({ user: 'a' }), { user: 'a' });
});

test('a seed renames every word, each differently, the same way each time', () => {
  const table = nameTable(7);
  assert.deepEqual(table, nameTable(7));
  assert.notDeepEqual(table, nameTable(8));
  assert.equal(new Set(Object.values(table)).size, WORDS.length);
  for (const [word, made] of Object.entries(table)) assert.notEqual(word, made);
});

test('renamed messages come back, and the old names mean nothing', () => {
  const names = new Names(nameTable(7));
  const message = { user: 'a', results: [{ id: 1, text: 'b' }] };
  assert.deepEqual(names.fromWire(names.toWire(message)), message);
  assert.equal(names.logicalPath(names.path('/api/groups/join')), '/api/groups/join');
  assert.notEqual(names.logicalPath('/api/login'), '/api/login');
  assert.notDeepEqual(names.fromWire({ user: 'a' }), { user: 'a' });
});

test('a word outside the list throws', () => {
  assert.throws(() => new Names(nameTable()).word('unlisted'), /not in the list/);
});
