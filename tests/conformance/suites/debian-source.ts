import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { Unobtainable } from './unobtainable.ts';

const MINUTES_MS = 60_000;

export interface Source {
  readonly folder: string;
  /** e.g. `modsecurity-crs_3.3.4-1+deb12u1`. */
  readonly version: string;
}

/**
 * Downloads and unpacks one of Debian's source packages, from the package sources that this machine uses, checked by their signatures.
 * apt keeps a state of its own in `state`: the machine's is neither read nor changed, and no root is needed.
 */
export async function debianSource(name: string, state: string, target: string): Promise<Source> {
  const apt = prepareState(state);
  mkdirSync(target, { recursive: true });
  const update = await run('apt-get', [...apt, 'update'], state, 'apt, that is a Debian or one of its kin');
  const source = await run('apt-get', [...apt, 'source', '--download-only', name], target, 'apt');
  const dsc = globSync('*.dsc', { cwd: target })[0];
  if (source.code !== 0 || dsc === undefined) {
    const complaint = lastLines(source.output) || lastLines(update.output);
    throw new Unobtainable(
      `apt-get source ${name} failed; it needs Debian's package sources to be reachable: ${complaint}`,
    );
  }
  const folder = join(target, 'unpacked');
  await unpack(target, dsc, folder);
  return { folder, version: basename(dsc, '.dsc') };
}

/** With Debian's patches where dpkg-dev is installed, else as upstream released it. */
async function unpack(target: string, dsc: string, folder: string): Promise<void> {
  if (existsSync('/usr/bin/dpkg-source')) {
    const { code, output } = await run('dpkg-source', ['--no-check', '-x', dsc, folder], target, 'dpkg-dev');
    if (code !== 0) throw new Unobtainable(`dpkg-source could not unpack ${dsc}: ${lastLines(output)}`);
    return;
  }
  const archive = globSync('*.orig.tar.*', { cwd: target }).find((file) => !file.endsWith('.asc'));
  if (archive === undefined) throw new Unobtainable(`${dsc} came without an archive`);
  mkdirSync(folder);
  const { code, output } = await run('tar', ['-xf', archive, '-C', folder, '--strip-components=1'], target, 'tar');
  if (code !== 0) throw new Unobtainable(`tar could not unpack ${archive}: ${lastLines(output)}`);
}

/** The machine's package sources, asked for source packages; the options that keep apt to its own folder. */
function prepareState(state: string): string[] {
  const parts = join(state, 'parts');
  mkdirSync(parts, { recursive: true });
  mkdirSync(join(state, 'lists/partial'), { recursive: true });
  for (const path of globSync(['/etc/apt/sources.list', '/etc/apt/sources.list.d/*.{list,sources}'])) {
    const text = readFileSync(path, 'utf8');
    const asked =
      extname(path) === '.sources'
        ? text.replace(/^Types:.*$/gim, 'Types: deb-src')
        : text.replace(/^deb-src\s.*$/gm, '').replace(/^deb(?=\s)/gm, 'deb-src');
    writeFileSync(join(parts, basename(path)), asked);
  }
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': parts,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::Cache': join(state, 'cache'),
    // As root apt would hand downloads to a user that may not write here.
    'APT::Sandbox::User': '',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

async function run(command: string, args: readonly string[], cwd: string, need: string) {
  try {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
    const { stdout, stderr } = await promisify(execFile)(command, [...args], { cwd, env, timeout: 5 * MINUTES_MS });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const failed = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string }; // as execFile documents
    if (failed.code === 'ENOENT')
      throw new Unobtainable(`the command ${command} is needed (${need}), and is not installed`);
    return { code: 1, output: `${failed.stdout ?? ''}${failed.stderr ?? failed.message}` };
  }
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-3).join(' / ');
}
