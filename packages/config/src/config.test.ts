import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Problem } from '@seawall/faults';
import { CONFIG_FILES, configSchema, loadConfiguration, watchConfiguration, type ConfigFileName } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'seawall-config-'));
after(() => rmSync(root, { recursive: true }));
let count = 0;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function problemsOf(files: Readonly<Record<string, string>>): readonly Problem[] {
  const folder = folderWith(files);
  const loaded = loadConfiguration(folder, folder);
  return loaded.ok ? loaded.configuration.warnings : loaded.problems;
}

const GATEWAY = `listen: ["127.0.0.1:8080"]
services:
  shop:
    upstreams:
      - {instance: shop-1, address: 127.0.0.1:9000}
    session: {cookie: sid}
    login: {path: /login, account: {form: user}}
routes:
  - {name: shop, host: Shop.Example, service: shop, mode: monitor}
`;

test('no file is required: the defaults hold', () => {
  const folder = folderWith({});
  const loaded = loadConfiguration(folder, folder);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { configuration } = loaded;
  assert.deepEqual(configuration.policy.routes.listeners, [{ address: '127.0.0.1', port: 8080 }]);
  assert.deepEqual(configuration.startup.dashboard, { address: '127.0.0.1', port: 7400 });
  assert.equal(configuration.database.traffic.keep, 7 * 86_400_000);
  assert.deepEqual(
    configuration.policy.rules.sets.map((set) => set.name),
    ['default'],
  );
  assert.ok(configuration.playbooks.length >= 5);
});

test('gateway.yaml becomes the policy of gateways', () => {
  const folder = folderWith({ 'gateway.yaml': GATEWAY });
  const loaded = loadConfiguration(folder, folder);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { services, routes } = loaded.configuration.policy.routes;
  assert.deepEqual(services[0]?.upstreams, [{ instance: 'shop-1', address: '127.0.0.1', port: 9000 }]);
  assert.deepEqual(services[0]?.session, { in: 'cookie', name: 'sid' });
  assert.deepEqual(services[0]?.login?.failedStatus, [401, 403]);
  const [route] = routes;
  assert.equal(route?.host, 'shop.example');
  assert.equal(route?.mode, 'monitor');
  assert.equal(route?.onInspectionFailure, 'open', 'monitor fails open unless said otherwise');
});

test('no proxy is trusted unless it is named', () => {
  const trustedOf = (more: string) => {
    const folder = folderWith({ 'gateway.yaml': `${GATEWAY}${more}` });
    const loaded = loadConfiguration(folder, folder);
    assert.ok(loaded.ok, JSON.stringify(loaded));
    return loaded.configuration.policy.routes.trustedProxies;
  };
  assert.equal(trustedOf(''), undefined);
  assert.deepEqual(trustedOf('trustedProxies: {networks: [10.0.0.0/8, "2001:db8::1"]}\n'), {
    networks: ['10.0.0.0/8', '2001:db8::1'],
    header: 'x-forwarded-for',
  });
});

test('the audit log is off unless a format is named', () => {
  const auditOf = (more: string) => {
    const folder = folderWith({ 'gateway.yaml': `${GATEWAY}${more}` });
    const loaded = loadConfiguration(folder, folder);
    assert.ok(loaded.ok, JSON.stringify(loaded));
    return loaded.configuration.policy.routes.audit;
  };
  assert.equal(auditOf(''), undefined);
  assert.equal(auditOf('audit: {file: /var/log/seawall.log}\n'), undefined);
  assert.deepEqual(auditOf('audit: {format: modsecurity, file: error.log, maxSize: 10MiB}\n'), {
    format: 'modsecurity',
    file: 'error.log',
    maxBytes: 10_485_760,
    keep: 4,
  });
});

interface Complaint {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly at: string;
  readonly text: RegExp;
  readonly hint?: RegExp;
}

const COMPLAINTS: readonly Complaint[] = [
  {
    name: 'unknown key',
    files: { 'gateway.yaml': 'lissen: []\n' },
    at: 'gateway.yaml:1:1',
    text: /"lissen" is not a key/,
    hint: /did you mean "listen"/,
  },
  {
    name: 'unknown key deep inside',
    files: { 'gateway.yaml': GATEWAY.replace('session:', 'sesion:') },
    at: 'gateway.yaml:6:5',
    text: /"sesion" is not a key of services\.shop/,
    hint: /did you mean "session"/,
  },
  {
    name: 'wrong mode',
    files: { 'gateway.yaml': GATEWAY.replace('monitor', 'protekt') },
    at: 'gateway.yaml:9:59',
    text: /routes\.0\.mode/,
  },
  {
    name: 'unknown service',
    files: { 'gateway.yaml': GATEWAY.replace('service: shop', 'service: chop') },
    at: 'gateway.yaml:9:47',
    text: /known: shop/,
  },
  {
    name: 'a network that is none',
    files: { 'gateway.yaml': `trustedProxies: {networks: [10.0.0.0/99]}\n` },
    at: 'gateway.yaml:1:29',
    text: /trustedProxies\.networks\.0.*10\.0\.0\.0\/8/,
  },
  { name: 'bad address', files: { 'gateway.yaml': 'listen: [8080]\n' }, at: 'gateway.yaml:1:10', text: /listen\.0/ },
  {
    name: 'port out of range',
    files: { 'gateway.yaml': 'listen: ["127.0.0.1:99999"]\n' },
    at: 'gateway.yaml:1:10',
    text: /at most 65535/,
  },
  {
    name: 'two places',
    files: { 'gateway.yaml': GATEWAY.replace('{cookie: sid}', '{cookie: a, header: b}') },
    at: 'gateway.yaml:6:14',
    text: /exactly one/,
  },
  { name: 'broken YAML', files: { 'rules.yaml': 'sets: [\n' }, at: 'rules.yaml', text: /./ },
  { name: 'double key', files: { 'rules.yaml': 'sets: {}\nsets: {}\n' }, at: 'rules.yaml:2:1', text: /unique/i },
  { name: 'too many aliases', files: { 'startup.yaml': bomb() }, at: 'startup.yaml:1:1', text: /alias/i },
  {
    name: 'paranoia out of range',
    files: { 'rules.yaml': 'sets: {x: {use: [base], paranoia: 9}}\n' },
    at: 'rules.yaml:1:35',
    text: /paranoia/,
  },
  {
    name: 'no such rule file',
    files: { 'rules.yaml': 'sets: {x: {files: [nothing.conf]}}\n' },
    at: 'rules.yaml:1:1',
    text: /no file matches/,
  },
  {
    name: 'bad time',
    files: { 'database.yaml': 'traffic: {keep: 7 days}\n' },
    at: 'database.yaml:1:17',
    text: /a time such as/,
  },
  { name: 'bad size', files: { 'startup.yaml': 'memory: lots\n' }, at: 'startup.yaml:1:9', text: /a size such as/ },
  {
    name: 'unknown set',
    files: { 'gateway.yaml': GATEWAY.replace('mode: monitor', 'rules: strict') },
    at: 'gateway.yaml',
    text: /"strict"/,
    hint: /default/,
  },
  {
    name: 'bad rule',
    files: {
      'rules.yaml': 'sets: {x: {files: [own.conf]}}\n',
      'own.conf': '\nSecRule ARGS "@nosuch x" "id:1,phase:2,deny"\n',
    },
    at: 'own.conf:2:',
    text: /nosuch/,
  },
  {
    name: 'bad playbook',
    files: { 'playbooks.yaml': 'playbooks: [{name: x, when: {cuont: 3}, do: {action: divert}}]\n' },
    at: 'playbooks.yaml:1:',
    text: /cuont/,
  },
];

test('every complaint carries its place and what to do', async (t) => {
  assert.equal(COMPLAINTS.length, 18);
  for (const { name, files, at, text, hint } of COMPLAINTS) {
    await t.test(name, () => {
      const problems = problemsOf(files);
      const found = problems.find(
        (problem) => text.test(problem.text) && `${problem.file}:${problem.line}:${problem.column}`.includes(at),
      );
      assert.ok(found, `no complaint at ${at} among ${JSON.stringify(problems, null, 1)}`);
      if (hint !== undefined) assert.match(found.hint ?? '', hint);
    });
  }
});

test('all problems of all files are told at once', () => {
  const problems = problemsOf({
    'gateway.yaml': 'lissen: []\nroutess: []\n',
    'startup.yaml': 'memory: lots\n',
    'database.yaml': 'trafic: {}\n',
  });
  assert.equal(problems.filter((problem) => problem.severity === 'error').length, 4);
});

test('bad rules are told although another file is broken too', () => {
  const problems = problemsOf({
    'gateway.yaml': 'lisen: []\n',
    'rules.yaml': 'sets:\n  default: {use: [base], files: [own.conf]}\n',
    'own.conf': 'SecRule ARGS "@rx a" "id:1,phase:2,deny"\nSecRul ARGS "@rx b" "id:2,phase:2,deny"\n',
  });
  const errors = problems.filter((problem) => problem.severity === 'error');
  assert.equal(errors.length, 2, JSON.stringify(errors));
  assert.match(errors[0]?.file ?? '', /gateway\.yaml$/);
  assert.match(`${errors[1]?.file}:${errors[1]?.line}`, /own\.conf:2$/);
});

test('an exclusion cannot smuggle rule text', () => {
  const problems = problemsOf({
    'rules.yaml': `exclusions: [{rule: 942100, path: '/x" "id:1,deny"', target: 'ARGS:a', reason: r}]\n`,
  });
  assert.deepEqual(
    problems.filter((problem) => problem.severity === 'error'),
    [],
  );
  const bad = problemsOf({ 'rules.yaml': `exclusions: [{rule: 942100, target: 'ARGS:a",deny', reason: r}]\n` });
  assert.equal(bad[0]?.severity, 'error');
});

test('a change of a file is told with the new configuration', async () => {
  const folder = folderWith({ 'gateway.yaml': GATEWAY });
  let watcher: { close(): void } | undefined;
  const mode = new Promise<string>((resolve) => {
    watcher = watchConfiguration(folder, folder, (loaded) => {
      resolve(loaded.ok ? (loaded.configuration.gateway.routes[0]?.mode ?? '') : JSON.stringify(loaded.problems));
    });
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  writeFileSync(join(folder, 'gateway.yaml'), GATEWAY.replace('monitor', 'off'));
  assert.equal(await mode, 'off');
  watcher?.close();
});

test('the published schemas are those of the code', () => {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../docs/schemas');
  for (const name of Object.keys(CONFIG_FILES) as ConfigFileName[]) {
    const published = readFileSync(join(folder, name.replace('.yaml', '.json')), 'utf8');
    assert.deepEqual(
      JSON.parse(published),
      JSON.parse(JSON.stringify(configSchema(name))),
      `${name}: npm run seawall -- config schema ${name}`,
    );
  }
});

function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, index) =>
      `a${index}: &a${index} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*a${index - 1}`)).join(', ')}]`,
  );
  return `${levels.join('\n')}\n`;
}
