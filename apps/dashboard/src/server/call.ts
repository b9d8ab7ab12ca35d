import {
  API,
  type ApiAnswer,
  type ApiInput,
  type ApiName,
  type ApiRoute,
  type ProblemDetails,
} from '@seawall/contract';

// The one place that speaks HTTP. Writes carry the session's CSRF token, which lives in memory only.

const PREFIX = '/api/v1';
const TIMEOUT_MS = 20_000;

let csrf = '';
let heardMs = 0;

export function keepCsrf(token: string): void {
  csrf = token;
}

/** When the server last answered anything, milliseconds; 0 before the first answer. */
export function lastHeardMs(): number {
  return heardMs;
}

export function markHeard(): void {
  heardMs = Date.now();
}

export class ApiProblem extends Error {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    super(problem.detail);
    this.problem = problem;
  }
}

type Values = Readonly<Record<string, unknown>>;
interface Sent {
  readonly params?: Values;
  readonly query?: Values;
  readonly body?: unknown;
}

/** Rejects with an ApiProblem, also when the server cannot be reached (code `network`). */
export async function call<N extends ApiName>(
  name: N,
  input: ApiInput<N>,
  signal?: AbortSignal,
): Promise<ApiAnswer<N>> {
  const route: ApiRoute = API[name];
  const sent = input as Sent; // ApiInput is made of exactly these parts
  const answer = await send(address(route, sent), {
    method: route.method,
    headers: {
      accept: 'application/json',
      ...(sent.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(route.method === 'GET' ? {} : { 'x-csrf-token': csrf }),
    },
    ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
    signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
  });
  markHeard();
  const text = await answer.text();
  const value = parseJson(text);
  if (!answer.ok) throw new ApiProblem(problemOf(answer.status, value));
  // The server validates its answers against the same schema before it sends them.
  return value as ApiAnswer<N>;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: 'same-origin', redirect: 'error' });
  } catch (error) {
    if (init.signal?.aborted && error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem({
      type: 'urn:seawall:fault:network',
      title: 'No answer',
      status: 0,
      detail: error instanceof Error ? error.message : String(error),
      code: 'network',
      request: '',
    });
  }
}

export function address(route: Pick<ApiRoute, 'path'>, { params = {}, query = {} }: Sent): string {
  const path = route.path.replace(/:([a-z]+)/gi, (_all, name: string) =>
    encodeURIComponent(String(params[name] ?? '')),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `${PREFIX}${path}${text === '' ? '' : `?${text}`}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return { detail: `The answer is not JSON: ${error instanceof Error ? error.message : ''}` };
  }
}

function problemOf(status: number, value: unknown): ProblemDetails {
  const given = typeof value === 'object' && value !== null ? (value as Partial<ProblemDetails>) : {};
  return {
    type: given.type ?? 'about:blank',
    title: given.title ?? `HTTP ${status}`,
    status,
    detail: given.detail ?? '',
    code: given.code ?? `http-${status}`,
    request: given.request ?? '',
    ...(given.fields ? { fields: given.fields } : {}),
  };
}
