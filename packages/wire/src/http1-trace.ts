import { Buffer } from 'node:buffer';
import type { ReadHandler, Reader, ReadLimits, RequestHead1, ResponseHead1 } from './http1-api.ts';
import { createRequestReader, createResponseReader } from './http1-reader.ts';

// For tests: what a reader reports, as one line a person can check. `!` marks a violation that is not forwardable.

type AnyHead = RequestHead1 | ResponseHead1;

function headText(head: AnyHead): string {
  const start = head.kind === 'request' ? `${head.method} ${head.target}` : `${head.status} ${head.reason}`;
  const framing = head.framing.kind === 'length' ? `length=${head.framing.bytes}` : head.framing.kind;
  const codes = head.violations.map((one) => ` ${one.code}${one.forwardable ? '' : '!'}`).join('');
  return `${start.trim()} ${framing} ${head.keepAlive ? 'keep' : 'last'}${codes}`;
}

export class Trace {
  readonly events: string[] = [];
  readonly heads: AnyHead[] = [];
  #body = '';

  handler<H extends AnyHead>(): ReadHandler<H> {
    return {
      onHead: (head) => {
        this.heads.push(head);
        this.events.push(headText(head));
      },
      onBody: (chunk) => {
        this.#body += chunk.toString('latin1');
      },
      onEnd: (trailers) => {
        this.#flushBody();
        const text = trailers.map(({ name, value }) => ` ${name}=${value}`).join('');
        this.events.push(`end${text}`);
      },
      onFault: (violation, head) => {
        this.#flushBody();
        if (head) this.heads.push(head);
        this.events.push(`fault ${violation.code}${head ? ` of ${headText(head)}` : ''}`);
      },
    };
  }

  #flushBody(): void {
    if (this.#body !== '') this.events.push(`"${this.#body}"`);
    this.#body = '';
  }

  text(): string {
    this.#flushBody();
    return this.events.join(' | ');
  }
}

/** Pushes `bytes` in pieces of the given lengths (the last one takes the rest), then ends. */
export function pushPieces(reader: Reader, bytes: Buffer, lengths: readonly number[]): void {
  let at = 0;
  for (const length of lengths) {
    if (at >= bytes.length) break;
    reader.push(bytes.subarray(at, at + length));
    at += length;
  }
  if (at < bytes.length) reader.push(bytes.subarray(at));
  reader.end();
}

export function traceRequests(text: string, lengths: readonly number[] = [], limits?: ReadLimits): Trace {
  const trace = new Trace();
  pushPieces(createRequestReader(trace.handler<RequestHead1>(), limits), Buffer.from(text, 'latin1'), lengths);
  return trace;
}

/** `methods` name the requests that are answered, one a final answer; GET when there are no more. */
export function traceResponses(
  text: string,
  methods: readonly string[] = [],
  lengths: readonly number[] = [],
  limits?: ReadLimits,
): Trace {
  const trace = new Trace();
  let answered = 0;
  const handler = trace.handler<ResponseHead1>();
  const counting: ReadHandler<ResponseHead1> = {
    ...handler,
    onHead(head) {
      if (head.status >= 200) answered++;
      handler.onHead(head);
    },
  };
  const reader = createResponseReader(counting, limits, () => methods[answered] ?? 'GET');
  pushPieces(reader, Buffer.from(text, 'latin1'), lengths);
  return trace;
}
