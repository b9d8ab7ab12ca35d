import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout or of the installed package. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');

export interface Places {
  readonly data: string;
  readonly config: string;
}

/** Data: --data, $SEAWALL_DATA, `.seawall` here. Configuration: --config, here if there is a gateway.yaml, else `config` of the data folder. */
export function places(options: { data?: string; config?: string }): Places {
  const data = resolve(options.data ?? process.env['SEAWALL_DATA'] ?? '.seawall');
  const here = existsSync('gateway.yaml') ? '.' : join(data, 'config');
  return { data, config: resolve(options.config ?? process.env['SEAWALL_CONFIG'] ?? here) };
}

/** 0700: evidence, keys and tokens stand in it. */
export function makePrivate(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Address of the server that uses this data folder, as it wrote it down. */
export function serverAddress(data: string): string {
  const path = join(data, 'run', 'address');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : 'http://127.0.0.1:7400';
}
