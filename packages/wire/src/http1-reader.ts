import { Buffer } from 'node:buffer';
import { CR, LF } from './characters.ts';
import {
  DEFAULT_LIMITS,
  type Field,
  type ReadHandler,
  type ReadLimits,
  type Reader,
  type RequestHead1,
  type ResponseHead1,
  type Violation,
} from './http1-api.ts';
import { readCleanLines } from './clean-head.ts';
import { ChunkDecoder } from './http1-chunked.ts';
import { checkControls, readFields } from './http1-fields.ts';
import { type HeadText, parseRequestHead, type ParsedHead } from './http1-request.ts';
import { parseResponseHead } from './http1-response.ts';
import { violation, ViolationList, type Direction, type ViolationCode } from './http1-violations.ts';
import { LineBlock } from './line-block.ts';

// Invariants
// 1. The events depend on the bytes alone, never on how they were cut into chunks (onBody views joined).
// 2. After onFault, after a message that is not kept alive, and after an upgrade, no byte is parsed any more: what follows
//    a faulty or last message has no agreed meaning (RFC 9112, 9.6).
// 3. While paused no event is reported; bytes pushed meanwhile are copied and kept in order.
// 4. Memory is bounded by maxHeadBytes + maxTrailerBytes + maxChunkLineBytes, besides what is pushed while paused.
//
// head --head read--> length | chunked | close | end        (1xx: back to head, RFC 9110, 15.2)
// length --all read--> end;  chunked --last chunk--> trailers --empty line--> end;  close --end()--> end
// end --> head | tunnel (upgrade) | over (not kept alive);  any --breach of framing--> over

type State = 'head' | 'length' | 'chunked' | 'trailers' | 'close' | 'end' | 'tunnel' | 'over';

/** Empty lines before a request line that are skipped (RFC 9112, 2.2), in bytes: more serve only to keep us busy. */
const MAX_LEADING_BYTES = 16;

const FORBIDDEN_TRAILERS = new Set(['content-length', 'transfer-encoding', 'host', 'trailer', 'content-encoding']);

const NO_FIELDS: readonly Field[] = [];

type AnyHead = RequestHead1 | ResponseHead1;
type Parse<H> = (source: HeadText, found: ViolationList) => ParsedHead<H>;

/** A head that lies whole in one chunk and is not larger is read from there. */
const QUICK_BYTES = 8192;

class MessageReader<H extends AnyHead> implements Reader {
  readonly #direction: Direction;
  readonly #handler: ReadHandler<H>;
  readonly #limits: ReadLimits;
  readonly #parse: Parse<H>;
  readonly #headBlock: LineBlock;
  readonly #trailerBlock: LineBlock;
  readonly #chunks: ChunkDecoder;
  #state: State = 'head';
  #head: H | undefined;
  #left = 0;
  #trailers: readonly Field[] = NO_FIELDS;
  #leading = { bytes: 0, afterCr: false, bareLf: false, bareCr: false };
  #held: Buffer[] = [];
  #paused = false;
  #busy = false;
  #ended = false;
  #upgradeWanted = false;
  #opensTunnel = false;

  constructor(direction: Direction, handler: ReadHandler<H>, limits: ReadLimits, parse: Parse<H>) {
    this.#direction = direction;
    this.#handler = handler;
    this.#limits = limits;
    this.#parse = parse;
    this.#headBlock = new LineBlock(limits.maxHeadBytes, limits.maxStartLineBytes);
    this.#trailerBlock = new LineBlock(limits.maxTrailerBytes, Number.POSITIVE_INFINITY);
    this.#chunks = new ChunkDecoder(direction, limits.maxChunkLineBytes);
  }

  push(chunk: Buffer): void {
    if (this.#state === 'over' || chunk.length === 0) return;
    if (this.#busy || this.#paused || this.#state === 'tunnel') this.#held.push(Buffer.from(chunk));
    else this.#run(chunk);
    if (!this.#busy) this.#drain();
  }

  end(): void {
    this.#ended = true;
    if (!this.#busy) this.#drain();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (!this.#busy) this.#drain();
  }

  takeRest(): Buffer {
    const rest = Buffer.concat([this.#headBlock.gathered(), ...this.#held]);
    this.#headBlock.reset();
    this.#held = [];
    return rest;
  }

  upgrade(): void {
    if (this.#state === 'head' && !this.#busy) this.#state = 'tunnel';
    else this.#upgradeWanted = true;
  }

  /** Goes on with what was kept while paused or busy, then with the end of the connection. */
  #drain(): void {
    while (!this.#paused && (this.#held.length > 0 || this.#state === 'end') && this.#isParsing()) {
      this.#run(this.#held.shift() ?? Buffer.alloc(0));
    }
    if (this.#state === 'over') this.#held = [];
    if (this.#ended && !this.#paused && this.#isParsing()) this.#finish();
  }

  #isParsing(): boolean {
    return this.#state !== 'over' && this.#state !== 'tunnel';
  }

  #run(chunk: Buffer): void {
    this.#busy = true;
    let at = 0;
    try {
      while (!this.#paused && this.#isParsing() && (at < chunk.length || this.#state === 'end')) {
        at = this.#step(chunk, at);
      }
    } finally {
      this.#busy = false;
    }
    if (at < chunk.length && this.#state !== 'over') this.#held.unshift(Buffer.from(chunk.subarray(at)));
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'head':
        return this.#readHead(chunk, at);
      case 'length':
        return this.#readLength(chunk, at);
      case 'chunked':
        return this.#readChunked(chunk, at);
      case 'trailers':
        return this.#readTrailers(chunk, at);
      case 'close':
        this.#handler.onBody(chunk.subarray(at));
        return chunk.length;
      case 'end':
        this.#endMessage();
        return at;
      default:
        return chunk.length;
    }
  }

  #readHead(chunk: Buffer, start: number): number {
    let at = start;
    if (this.#headBlock.length === 0) {
      at = this.#skipLeading(chunk, start);
      if (at === chunk.length || this.#state === 'over') return at;
      const end = this.#readCleanHead(chunk, at);
      if (end > 0) return end;
    }
    const { used, block, over } = this.#headBlock.feed(chunk, at);
    if (over && block) this.#failInHead(block, over === 'line' ? 'start-line-too-long' : 'head-too-large');
    else if (block) this.#startMessage(this.#sourceOf(block));
    return at + used;
  }

  /** Where the head ends, or 0 when it is not read: not whole, not clean, or too large. */
  #readCleanHead(chunk: Buffer, at: number): number {
    const seen = chunk.toString('latin1', at, Math.min(chunk.length, at + QUICK_BYTES));
    const length = seen.indexOf('\r\n\r\n') + 4;
    const { maxFields, maxHeadBytes, maxStartLineBytes } = this.#limits;
    if (length < 4 || length > maxHeadBytes) return 0;
    const text = length === seen.length ? seen : seen.slice(0, length);
    const clean = readCleanLines(text, maxFields);
    // The limit counts the CR.
    if (clean === undefined || clean.startLine + 1 > maxStartLineBytes) return 0;
    this.#startMessage({ text, clean, maxFields });
    return at + length;
  }

  /** RFC 9112, 2.2: a server ignores at least one empty line before the request line. */
  #skipLeading(chunk: Buffer, start: number): number {
    let at = start;
    const leading = this.#leading;
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== CR && byte !== LF) break;
      if (byte === LF && !leading.afterCr) leading.bareLf = true;
      if (byte === CR && leading.afterCr) leading.bareCr = true;
      leading.afterCr = byte === CR;
      leading.bytes++;
      if (leading.bytes > MAX_LEADING_BYTES) {
        this.#fail(violation('leading-lines', this.#direction), undefined);
        return at;
      }
    }
    return at;
  }

  #found(): ViolationList {
    const found = new ViolationList(this.#direction);
    const leading = this.#leading;
    if (leading.bytes === 0) return found;
    found.add('leading-crlf');
    if (leading.bareLf) found.add('bare-lf');
    if (leading.bareCr || leading.afterCr) found.add('bare-cr');
    this.#leading = { bytes: 0, afterCr: false, bareLf: false, bareCr: false };
    return found;
  }

  #sourceOf(block: Buffer): HeadText {
    return { text: block.toString('latin1'), clean: undefined, maxFields: this.#limits.maxFields };
  }

  #startMessage(source: HeadText): void {
    const { head, undelimitable, opensTunnel } = this.#parse(source, this.#found());
    if (undelimitable) return this.#fail(undelimitable, head);
    this.#head = head;
    this.#opensTunnel = opensTunnel === true;
    this.#trailers = NO_FIELDS;
    this.#enterBody(head);
    this.#handler.onHead(head);
    if (this.#isInterim(head)) this.#afterInterim(head);
  }

  #enterBody(head: H): void {
    const { framing } = head;
    switch (framing.kind) {
      case 'none':
        this.#state = 'end';
        return;
      case 'length':
        this.#left = framing.bytes;
        this.#state = framing.bytes === 0 ? 'end' : 'length';
        return;
      case 'chunked':
        this.#chunks.reset();
        this.#state = 'chunked';
        return;
      case 'close':
        this.#state = 'close';
        return;
      default:
        framing satisfies never;
    }
  }

  /** RFC 9110, 15.2: the final answer is still to come; after 101 another protocol is. */
  #isInterim(head: H): boolean {
    return head.kind === 'response' && head.status < 200;
  }

  #afterInterim(head: H): void {
    if (this.#state === 'over') return;
    this.#head = undefined;
    const switches = head.kind === 'response' && head.status === 101;
    if (!head.forwardable) this.#state = 'over';
    else this.#state = switches || this.#upgradeWanted ? 'tunnel' : 'head';
  }

  #readLength(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#state = 'end';
    this.#handler.onBody(chunk.subarray(at, end));
    return end;
  }

  #readChunked(chunk: Buffer, at: number): number {
    const event = this.#chunks.next(chunk, at);
    switch (event.kind) {
      case 'data':
        this.#handler.onBody(chunk.subarray(event.start, event.end));
        return event.end;
      case 'last':
        this.#state = 'trailers';
        return event.end;
      case 'more':
        return event.end;
      case 'fault':
        this.#fail(event.violation, this.#head);
        return chunk.length;
      default:
        return event satisfies never;
    }
  }

  /** RFC 9112, 7.1.2. A breach cannot be a fact on a head that has gone out, so it ends reading. */
  #readTrailers(chunk: Buffer, at: number): number {
    const { used, block, over } = this.#trailerBlock.feed(chunk, at);
    if (over) this.#fail(violation('trailers-too-large', this.#direction), this.#head);
    else if (block) this.#takeTrailers(block);
    return at + used;
  }

  #takeTrailers(block: Buffer): void {
    this.#state = 'end';
    if (block.length === 2 && block[0] === CR) return;
    const found = new ViolationList(this.#direction);
    const text = block.toString('latin1');
    const fields = readFields(text, 0, this.#limits.maxFields, found);
    checkControls(text, found);
    const [first] = found.all;
    // RFC 9110, 6.5.1: fields for framing and routing have no place here.
    const forbidden = fields.find((field) => FORBIDDEN_TRAILERS.has(field.name.toLowerCase()));
    if (first) this.#fail(violation('trailer-invalid', this.#direction, first.detail), this.#head);
    else if (forbidden) this.#fail(violation('trailer-forbidden', this.#direction, forbidden.name), this.#head);
    else this.#trailers = fields;
  }

  #endMessage(): void {
    const head = this.#head;
    this.#head = undefined;
    this.#state = this.#upgradeWanted || this.#opensTunnel ? 'tunnel' : head?.keepAlive === true ? 'head' : 'over';
    this.#handler.onEnd(this.#trailers);
    // `upgrade` called inside onEnd.
    if (this.#upgradeWanted && this.#state === 'head') this.#state = 'tunnel';
  }

  #failInHead(block: Buffer, code: ViolationCode): void {
    const found = this.#found();
    const reason = found.add(code);
    const { head } = this.#parse(this.#sourceOf(block), found);
    this.#fail(reason, head);
  }

  #fail(reason: Violation, head: H | undefined): void {
    this.#state = 'over';
    this.#head = undefined;
    this.#handler.onFault(reason, head);
  }

  #finish(): void {
    this.#ended = false;
    if (this.#state === 'close') {
      this.#state = 'end';
      this.#run(Buffer.alloc(0));
      return;
    }
    const inHead = this.#state === 'head' && this.#headBlock.length > 0;
    const inBody = this.#state === 'length' || this.#state === 'chunked' || this.#state === 'trailers';
    // RFC 9112, 8: the message is incomplete.
    if (inHead) this.#failInHead(Buffer.from(this.#headBlock.gathered()), 'cut-off');
    else if (inBody) this.#fail(violation('cut-off', this.#direction), this.#head);
    else this.#state = 'over';
  }
}

/** Reads requests of one connection. */
export function createRequestReader(handler: ReadHandler<RequestHead1>, limits: ReadLimits = DEFAULT_LIMITS): Reader {
  return new MessageReader<RequestHead1>('request', handler, limits, parseRequestHead);
}

/**
 * Reads answers of one connection. `nextRequestMethod` is called once per head, 1xx included, and names the request that is
 * being answered; '' when there is none.
 */
export function createResponseReader(
  handler: ReadHandler<ResponseHead1>,
  limits: ReadLimits | undefined,
  nextRequestMethod: () => string,
): Reader {
  return new MessageReader<ResponseHead1>('response', handler, limits ?? DEFAULT_LIMITS, (source, found) =>
    parseResponseHead(source, found, nextRequestMethod()),
  );
}
