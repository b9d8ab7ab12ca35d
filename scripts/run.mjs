// The door to every npm script. Plain JavaScript, because it has to run on the Node that a fresh machine has (20 or newer):
// it installs what is missing and then hands over to the pinned Node 24 that the lockfile brings.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [command = 'help', ...rest] = process.argv.slice(2);

install();
const node = pinnedNode();
const quiet = '--disable-warning=ExperimentalWarning';

switch (command) {
  case 'start':
    run(['apps/cli/src/main.ts', 'up', '--examples', ...rest]);
    break;
  case 'seawall':
    run(['apps/cli/src/main.ts', ...rest]);
    break;
  case 'test':
  case 'check':
  case 'format':
    run([`scripts/${command}.ts`, ...rest]);
    break;
  case 'bench':
  case 'conformance':
    runNamed(command === 'bench' ? 'bench' : 'tests/conformance');
    break;
  default:
    fail(`there is no script "${command}"; npm run lists them`);
}

/** `npm ci`, once per lockfile: the marker holds its digest. */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const marker = join(root, 'node_modules', '.seawall-lock');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  process.stderr.write('seawall: installing dependencies (npm ci), about 20 s on a fast line ...\n');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const result = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // Standard output belongs to the command that follows (it may be JSON).
    stdio: ['ignore', 2, 2],
  });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0)
    fail('npm ci failed (its output is above); a registry must be reachable for the first start');
  writeFileSync(marker, lock);
}

function pinnedNode() {
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  for (const name of names) {
    const path = join(root, 'node_modules', name, 'bin', 'node');
    if (existsSync(path)) return path;
  }
  // No package carries Node 24 for this platform: the caller's own will do if it is new enough.
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return fail(`no Node 24 package for ${process.platform}-${process.arch}; start with a Node of version 24 or newer`);
}

function runNamed(folder) {
  const [name, ...args] = rest;
  const file = `${folder}/${name}.ts`;
  if (!name || !/^[a-z0-9-]+$/.test(name) || !existsSync(join(root, file))) {
    fail(`usage: npm run ${command} -- NAME [--json]; the names are the files in ${folder}/`);
  }
  run([file, ...args]);
}

function run(args) {
  const child = spawn(node, [quiet, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, NODE_OPTIONS: process.env.NODE_OPTIONS ?? '' },
  });
  // The child decides how to stop; this process only passes the wish on and repeats its exit code.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 4);
  });
}

function fail(text) {
  process.stderr.write(`seawall: ${text}\n`);
  process.exit(2);
}
