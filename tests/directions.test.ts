// Dependencies run one way (ARCHITECTURE.md, "Code map"). Type-only imports count. The failure says why an edge is forbidden.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const PURE = ['faults', 'contract', 'wire', 'seclang', 'respond', 'likeness'];
const WORLD = ['store', 'bus', 'orchestrate', 'config'];
const APPS = ['cli', 'server', 'gateway', 'responder', 'decoy', 'dashboard'];

/** What a pure package may import of Node: data, no world. */
const PURE_NODE: Readonly<Record<string, string>> = {
  'node:buffer': 'bytes',
  'node:crypto': 'hash functions of transformations (seclang only)',
};

const WHY = {
  pure: 'pure packages take time, files, network and randomness as arguments, so that a transaction can be replayed',
  app: 'apps are processes; what two of them share belongs in a package',
  dashboard: 'the console knows the server only by its contract',
  deep: 'a package exports a small root and nothing deeper',
  example: 'examples are what is protected; they know nothing of Seawall, or the proof would prove nothing',
  undeclared: 'an import that package.json does not declare breaks when the package is used alone',
} as const;

interface Import {
  readonly file: string;
  readonly owner: string;
  readonly name: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function imports(): Import[] {
  const files = globSync(['packages/*/src/**/*.{ts,tsx}', 'apps/*/src/**/*.{ts,tsx}', 'examples/**/*.ts'], {
    exclude: ['**/node_modules/**'],
  });
  assert.ok(files.length > 50, 'the source files are found');
  return files.flatMap((file) => {
    const owner = file.split('/')[1] ?? '';
    return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => ({
      file,
      owner,
      name: match[1] ?? match[2] ?? match[3] ?? '',
    }));
  });
}

function forbidden({ file, owner, name }: Import): keyof typeof WHY | undefined {
  const isTest = /\.test\.tsx?$|-cases\.ts$/.test(file);
  if (name.startsWith('@seawall/')) {
    const [, target = '', deeper] = name.split('/');
    if (deeper !== undefined) return 'deep';
    if (file.startsWith('examples/') && target !== 'wire') return 'example';
    if (owner === 'dashboard' && target !== 'contract') return 'dashboard';
    if (PURE.includes(owner) && !PURE.includes(target)) return 'pure';
    if (APPS.includes(target)) return 'app';
    if (!isTest && !declared(file).includes(name)) return 'undeclared';
    return undefined;
  }
  if (name.startsWith('node:') && PURE.includes(owner) && !isTest && PURE_NODE[name] === undefined) return 'pure';
  if (name.startsWith('.') && /\/(packages|apps)\//.test(name)) return 'deep';
  return undefined;
}

const manifests = new Map<string, readonly string[]>();
function declared(file: string): readonly string[] {
  const folder = file.split('/').slice(0, 2).join('/');
  let names = manifests.get(folder);
  if (names === undefined) {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    names = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
    manifests.set(folder, names);
  }
  return names;
}

test('imports run one way', () => {
  const broken = imports().flatMap((edge) => {
    const why = forbidden(edge);
    return why === undefined ? [] : [`${edge.file} imports ${edge.name}: ${WHY[why]}`];
  });
  assert.deepEqual(broken, []);
});

test('every workspace belongs to a layer', () => {
  const packages = globSync('packages/*').map((path) => path.split('/')[1]);
  assert.deepEqual([...packages].sort(), [...PURE, ...WORLD].sort());
  const apps = globSync('apps/*').map((path) => path.split('/')[1]);
  assert.deepEqual([...apps].sort(), [...APPS].sort());
});
