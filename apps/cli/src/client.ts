import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API, type ApiAnswer, type ApiInput, type ApiName } from '@seawall/contract';
import { fault } from './faults.ts';
import { serverAddress } from './places.ts';

export interface Client {
  readonly address: string;
  call<N extends ApiName>(name: N, input: ApiInput<N>): Promise<ApiAnswer<N>>;
}

/** Speaks to the server of a data folder with the token that only its owner can read. */
export function connect(data: string, address = serverAddress(data)): Client {
  const path = join(data, 'api-token');
  let token: string;
  try {
    token = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw fault('cli.no-token', { data, reason: error instanceof Error ? error.message : String(error) }, error);
  }
  return {
    address,
    async call(name, input) {
      const route = API[name];
      const {
        params = {},
        query = {},
        body,
      } = input as {
        params?: Record<string, string>;
        query?: Record<string, unknown>;
        body?: unknown;
      };
      const target = route.path.replace(/:(\w+)/g, (_all, key: string) => encodeURIComponent(params[key] ?? ''));
      const url = new URL(`/api/v1${target}`, address);
      for (const [key, value] of Object.entries(query)) {
        if (value !== undefined) url.searchParams.set(key, String(value));
      }
      const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
      if (body !== undefined) headers['content-type'] = 'application/json';
      const answer = await fetch(url, {
        method: route.method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      }).catch((error: unknown) => {
        const cause = error instanceof Error ? (error.cause ?? error) : error;
        throw fault(
          'cli.no-server',
          { address, reason: cause instanceof Error ? cause.message : String(cause) },
          error,
        );
      });
      const value: unknown = await answer.json().catch((error: unknown) => {
        throw fault('cli.no-server', { address, reason: 'what answers there is no Seawall server' }, error);
      });
      if (!answer.ok) {
        const detail = (value as { detail?: string }).detail ?? answer.statusText;
        throw answer.status < 500 ? fault('cli.refused', { detail }) : fault('cli.server-failed', { detail, data });
      }
      const decoded = route.answer.safeParse(value);
      if (!decoded.success) throw fault('cli.server-failed', { detail: `${name}: ${decoded.error.message}`, data });
      return decoded.data as ApiAnswer<typeof name>; // decoded by the schema of this route
    },
  };
}
