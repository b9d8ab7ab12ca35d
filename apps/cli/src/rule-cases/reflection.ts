/** What the backend of CRS's tests answers, as its documentation says it. */
export interface Reflection {
  readonly status: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

interface Wanted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly encodedBody?: string;
}

/** `/reflect` says what it is told to say, everything else is an empty 200. `body` is one code unit a byte. */
export function reflect(method: string, target: string, body: string): Reflection {
  if (method !== 'POST' || !/^\/reflect(?:[/?]|$)/.test(target)) return { status: 200, fields: [], body: '' };
  try {
    return answerOf(JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as Wanted); // a wrong one fails its case
  } catch {
    // As the backend does with what is no JSON, or names no answer.
    return {
      status: 400,
      fields: [['Content-Type', 'text/plain; charset=utf-8']],
      body: 'Invalid JSON in request body',
    };
  }
}

function answerOf({ status = 200, headers = {}, body, encodedBody = '' }: Wanted): Reflection {
  const bytes = body ? Buffer.from(body, 'utf8') : Buffer.from(encodedBody, 'base64');
  const fields = Object.entries(headers);
  if (!fields.some(([name]) => name.toLowerCase() === 'content-type'))
    fields.push(['Content-Type', 'text/html; charset=utf-8']);
  return { status, fields, body: bytes.toString('latin1') };
}
