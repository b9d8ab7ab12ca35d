import type { AnswerLikeness } from '@seawall/contract';
import { observe } from '@seawall/likeness';
import type { ResponseHead1 } from '@seawall/wire';
import type { Trace } from './trace.ts';

/** The first answers of a kind teach most; later ones only confirm. */
const FIRST = 30;
const LATER_EVERY = 100;
/** Answers of which each is considered; of later ones every eighth. */
const ALL_OF = 5000;
const LATER_OF = 8;
/** Kinds that are remembered: a scanner that asks for a million paths must not fill memory. */
const MAX_KINDS = 4096;
const MAX_BODY = 65_536;
/** Answers that wait to be sent to the primary. */
const MAX_WAITING = 500;

export interface Tap {
  chunk(part: Buffer): void;
  end(): void;
}

/** Looks at a bounded sample of ordinary answers, so that the decoy can answer in the style of the service. */
export class LikenessSampler {
  readonly #seen = new Map<string, number>();
  readonly #waiting = new Map<string, AnswerLikeness[]>();
  #count = 0;
  #answers = 0;

  /** Undefined when this answer is not looked at. */
  start(trace: Trace, head: ResponseHead1): Tap | undefined {
    // Redirects too: a log-in often ends in one, with the cookie. 304 tells nothing without what the client has.
    if (head.status < 200 || head.status >= 500 || head.status === 304) return undefined;
    if (this.#isPassedOver()) return undefined;
    const coded = head.fields.some(({ lower }) => lower === 'content-encoding');
    if (coded || !this.#isWanted(`${trace.service} ${trace.method} ${kindOfPath(trace.path)} ${head.status}`)) {
      return undefined;
    }
    const parts: Buffer[] = [];
    let size = 0;
    return {
      chunk: (part) => {
        size += part.length;
        if (size <= MAX_BODY) parts.push(Buffer.from(part));
      },
      end: () => {
        const body = size <= MAX_BODY ? Buffer.concat(parts).toString('latin1') : undefined;
        this.#look(trace, { status: head.status, fields: head.fields, body, method: trace.method });
      },
    };
  }

  /** One text message of a service to a client. */
  message(trace: Trace, data: Buffer): void {
    if (data.length > MAX_BODY || !this.#isWanted(`${trace.service} WEBSOCKET ${kindOfPath(trace.path)}`)) return;
    this.#look(trace, { status: 101, fields: [], body: data.toString('latin1'), method: 'WEBSOCKET' });
  }

  /** What was seen since the last call, by service. */
  take(): ReadonlyMap<string, readonly AnswerLikeness[]> {
    const taken = new Map(this.#waiting);
    this.#waiting.clear();
    this.#count = 0;
    return taken;
  }

  #look(
    trace: Trace,
    answer: {
      readonly method: string;
      readonly status: number;
      readonly fields: ResponseHead1['fields'];
      readonly body: string | undefined;
    },
  ): void {
    if (this.#count >= MAX_WAITING) return;
    this.#count += 1;
    const likeness = observe({
      service: trace.service,
      path: trace.path,
      ...answer,
      session: trace.credentials,
    });
    const list = this.#waiting.get(trace.service) ?? [];
    list.push(likeness);
    this.#waiting.set(trace.service, list);
  }

  /** After the first thousands of answers most are not even asked for their kind. */
  #isPassedOver(): boolean {
    this.#answers += 1;
    return this.#answers > ALL_OF && this.#answers % LATER_OF !== 0;
  }

  #isWanted(kind: string): boolean {
    const seen = this.#seen.get(kind) ?? 0;
    if (seen === 0 && this.#seen.size >= MAX_KINDS) return false;
    this.#seen.set(kind, seen + 1);
    return seen < FIRST || seen % LATER_EVERY === 0;
  }
}

/** Roughly one text for all things of one kind: only to count how often a kind was seen. */
function kindOfPath(path: string): string {
  return path.replace(/[^/]*\d[^/]*|[^/]{25,}/g, '*').slice(0, 200);
}
