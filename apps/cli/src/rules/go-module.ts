import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fault } from '../faults.ts';

/** The Go module that carries CRS with its regression tests, pinned by Go's own module sum. */
export const CRS_MODULE = {
  path: 'github.com/corazawaf/coraza-coreruleset/v4',
  version: 'v4.25.0',
  sum: 'h1:tqFO1lfVpTiyWtlN618OXpZMfw+nnN0Q4///W5W+/HM=',
} as const;

const DOWNLOAD_MS = 120_000;

/**
 * Folder of the module in Go's cache. The toolchain checks it against its public log; its sum is checked here again.
 * Throws Fault `cli.rules-unreachable` or `cli.rules-digest`.
 */
export async function goModule(module: typeof CRS_MODULE | Record<keyof typeof CRS_MODULE, string>): Promise<string> {
  const { path, version, sum } = module;
  // An empty folder, so that no go.mod or go.work of the caller matters.
  const folder = mkdtempSync(join(tmpdir(), 'seawall-go-'));
  try {
    const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', `${path}@${version}`], {
      cwd: folder,
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '' },
      timeout: DOWNLOAD_MS,
    });
    const told = JSON.parse(stdout) as { readonly Dir: string; readonly Sum: string }; // as `go help mod download` documents
    if (told.Sum !== sum) throw fault('cli.rules-digest', { from: path, kind: 'module sum', got: told.Sum, want: sum });
    return told.Dir;
  } catch (error) {
    if (isMissing(error))
      throw fault('cli.rules-unreachable', { from: 'Go', reason: 'the command go is not installed' });
    if (!(error instanceof Error) || !('stdout' in error)) throw error;
    throw fault('cli.rules-unreachable', { from: `the Go module ${path}`, reason: complaintOf(error) }, error);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `go` says about the module on its standard output, else the last line of what it wrote to the other. */
function complaintOf(error: Error & { stdout?: unknown; stderr?: unknown }): string {
  const told = /"Error": "([^\n]*)",?\n/.exec(String(error.stdout))?.[1];
  return told ?? String(error.stderr).trim().split('\n').at(-1) ?? error.message;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT';
}
