import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { loadRules } from '../index.ts';
import { exchange } from '../transaction/trial.ts';

// Each load compiles rules, word lists and patterns and is used once; a load that something still refers to afterwards is counted.
const RELOADS = `
import { loadRules } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
const words = Array.from({ length: 400 }, (_, index) => 'word' + index).join('\\n');
const rules = Array.from({ length: 60 }, (_, index) =>
  'SecRule ARGS|REQUEST_HEADERS "@rx (?i)union[^a-z]+select' + index + '" "id:' + (index + 1) + ',phase:2,deny,t:urlDecodeUni,t:lowercase"');
const text = [...rules, 'SecRule ARGS "@pmFromFile words.data" "id:900,phase:2,deny"'].join('\\n');
const kept = [];
let gone = 0;
const registry = new FinalizationRegistry(() => { gone++; });
function reload(version) {
  const loaded = loadRules({ files: new Map([['main.conf', text + '\\n# ' + version], ['words.data', words + '\\nv' + version]]), entry: ['main.conf'] });
  const { ruleSet } = loaded;
  const transaction = ruleSet.begin(
    { clientAddress: '192.0.2.7', clientPort: 1, serverAddress: '192.0.2.1', serverPort: 443, engine: 'on' },
    { nowMicros: 0, uniqueId: 'u' });
  transaction.requestHead({ method: 'GET', target: '/?a=union+select' + version, protocol: 'HTTP/1.1', fields: [['Host', 'x']] });
  transaction.requestBody('', true);
  transaction.log();
  registry.register(ruleSet, version);
  if (process.argv.includes('leak')) kept.push(ruleSet);
}
const settle = async () => { for (let round = 0; round < 4; round++) { globalThis.gc(); await new Promise((go) => setTimeout(go, 5)); } };
for (let version = 0; version < 20; version++) reload(version);
await settle();
const before = process.memoryUsage().heapUsed;
for (let version = 20; version < 120; version++) reload(version);
await settle();
console.log(JSON.stringify({ alive: 120 - gone, grown: process.memoryUsage().heapUsed - before, kept: kept.length }));
`;

function reloads(...mode: string[]): { readonly alive: number; readonly grown: number } {
  const output = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', RELOADS, ...mode], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return JSON.parse(output) as { alive: number; grown: number }; // as the script prints it
}

test('a hundred reloads leave nothing behind', () => {
  const { alive, grown } = reloads();
  assert.ok(alive <= 2, `${alive} of 120 rule sets are still referred to`);
  assert.ok(grown < 2_000_000, `the heap grew by ${grown} bytes`);
});

test('the count of reloads sees what is kept', () => {
  assert.equal(reloads('leak').alive, 120);
});

const blocked = (loaded: ReturnType<typeof loadRules>, value: string): boolean =>
  loaded.ok && exchange(loaded.ruleSet, { target: `/?q=${value}` }).decision.kind === 'deny';

test('data files are read anew with the rules; what was loaded before keeps its own', () => {
  const load = (words: string): ReturnType<typeof loadRules> =>
    loadRules({
      files: new Map([
        ['main.conf', 'SecRule ARGS "@pmFromFile words.data" "id:1,phase:2,deny"'],
        ['words.data', words],
      ]),
      entry: ['main.conf'],
    });
  const first = load('apple');
  const second = load('pear');
  assert.deepEqual(
    [first, second].map((loaded) => [blocked(loaded, 'apple'), blocked(loaded, 'pear')]),
    [
      [true, false],
      [false, true],
    ],
  );
});

test('a transaction that began before a reload ends with the rules it began with, and a faulty reload changes nothing', () => {
  const load = (text: string): ReturnType<typeof loadRules> =>
    loadRules({ files: new Map([['main.conf', text]]), entry: ['main.conf'] });
  const first = load(
    'SecRule ARGS "@streq a" "id:1,phase:1,pass"\nSecRule ARGS "@streq a" "id:2,phase:2,deny,status:418"',
  );
  assert.ok(first.ok);
  const transaction = first.ruleSet.begin(
    { clientAddress: '192.0.2.7', clientPort: 1, serverAddress: '192.0.2.1', serverPort: 443, engine: 'on' },
    { nowMicros: 0, uniqueId: 'u' },
  );
  transaction.requestHead({ method: 'GET', target: '/?q=a', protocol: 'HTTP/1.1', fields: [['Host', 'x']] });
  const second = load('SecRule ARGS "@streq b" "id:1,phase:2,deny"');
  const faulty = load('SecRule ARGS "@streq a" "id:1,phase:2,deny"\nSecRule ARGS "@streqq c" "id:2"');
  const decision = transaction.requestBody('', true);
  assert.deepEqual(decision.kind === 'deny' && [decision.status, decision.rule.ruleId], [418, 2]);
  assert.equal(faulty.ok, false);
  assert.deepEqual([blocked(first, 'a'), blocked(second, 'a'), blocked(second, 'b')], [true, false, true]);
});
