import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Redacted } from '@seawall/faults';
import { fault } from './faults.ts';

export interface DecoyArguments {
  readonly data: string;
  readonly node: string;
  readonly server: string;
  readonly token: Redacted;
  readonly address: string;
  readonly port: number;
}

export function readArguments(args: readonly string[]): DecoyArguments {
  const options = {
    data: { type: 'string' },
    node: { type: 'string' },
    server: { type: 'string' },
    'token-file': { type: 'string' },
    address: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
  } as const;
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true }));
  } catch (cause) {
    throw fault('decoy.bad-arguments', { detail: cause instanceof Error ? cause.message : '' }, cause);
  }
  const { data, node, server, 'token-file': tokenFile, address } = values;
  if (!data || !node || !server || !tokenFile) throw fault('decoy.bad-arguments', { detail: 'one is missing' });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw fault('decoy.bad-arguments', { detail: '--port must be from 0 to 65535' });
  }
  return { data, node, server, token: readToken(tokenFile), address, port };
}

function readToken(file: string): Redacted {
  try {
    return new Redacted(readFileSync(file, 'utf8').trim());
  } catch (cause) {
    throw fault('decoy.token-unreadable', { file }, cause);
  }
}
