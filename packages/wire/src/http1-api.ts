// HTTP/1 as a byte-in, event-out machine (RFC 9112). Reads tolerantly, keeps every byte of the head, names each violation;
// whether a message may be forwarded is decided here, by one parser, for gateway, decoy, traffic tool and conformance alike.

/** Latin1 text, one code unit a byte; name in the case received, value without surrounding white space. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** A field as it was read. */
export interface HeadField extends Field {
  /** The name in lower case. */
  readonly lower: string;
  /** Where its line stands in the text of the head, CRLF included; `start` is -1 when the line is not plainly `Name: value`. */
  readonly start: number;
  readonly end: number;
}

/** A breach of the RFC, as a fact on the message. `forwardable: false` means that two readers could disagree about it. */
export interface Violation {
  readonly code: string;
  readonly forwardable: boolean;
  readonly detail: string;
}

export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Answers only: the body ends with the connection. */
  | { readonly kind: 'close' };

interface Head {
  /** Start line and fields exactly as received, including the empty line; latin1. */
  readonly text: string;
  readonly version: string;
  readonly fields: readonly HeadField[];
  readonly violations: readonly Violation[];
  /** False when any violation is not forwardable: the message is inspected as far as read, then answered 400 and closed. */
  readonly forwardable: boolean;
  readonly framing: Framing;
  readonly keepAlive: boolean;
  /** Lower-case protocol of an Upgrade that Connection announces. */
  readonly upgrade: string | undefined;
}

export interface RequestHead1 extends Head {
  readonly kind: 'request';
  readonly method: string;
  /** Request target as received. */
  readonly target: string;
  readonly targetForm: 'origin' | 'absolute' | 'authority' | 'asterisk' | 'invalid';
  /** Host and port that the message is for, lower case, from the target or the Host field; '' when there is none. */
  readonly host: string;
  readonly expectContinue: boolean;
}

export interface ResponseHead1 extends Head {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export interface ReadLimits {
  /** Above this a peer makes us hold bytes without end. */
  readonly maxHeadBytes: number;
  readonly maxFields: number;
  readonly maxStartLineBytes: number;
  readonly maxTrailerBytes: number;
  /** One chunk-size line with extensions. */
  readonly maxChunkLineBytes: number;
}

export const DEFAULT_LIMITS: ReadLimits = {
  maxHeadBytes: 65_536,
  maxFields: 200,
  maxStartLineBytes: 16_384,
  maxTrailerBytes: 8_192,
  maxChunkLineBytes: 256,
};

/** Handlers may call `pause` on the reader; it then keeps the rest of the chunk until `resume`. */
export interface ReadHandler<H> {
  onHead(head: H): void;
  /** A view of the pushed chunk: copy it to keep it. Decoded from chunked coding. */
  onBody(chunk: Buffer): void;
  /** Empty unless the message was chunked and had trailers. */
  onEnd(trailers: readonly Field[]): void;
  /** Framing cannot be delimited: nothing more is read. `head` is what could be read of the message. */
  onFault(violation: Violation, head: H | undefined): void;
}

/** One per connection and direction; reads message after message (pipelining). */
export interface Reader {
  push(chunk: Buffer): void;
  /** The peer closed its side. */
  end(): void;
  pause(): void;
  resume(): void;
  /** Bytes pushed that belong to no message yet; after an upgrade they belong to the new protocol. */
  takeRest(): Buffer;
  /** Stop parsing after the current message's head: what follows is another protocol. */
  upgrade(): void;
}

// Implemented in http1-reader.ts and http1-writer.ts:
//   createRequestReader(handler: ReadHandler<RequestHead1>, limits?: ReadLimits): Reader
//   createResponseReader(handler: ReadHandler<ResponseHead1>, limits?: ReadLimits, nextRequestMethod: () => string): Reader
//     (the method decides whether an answer has a body: HEAD, CONNECT; 1xx are reported by onHead with framing none and no onEnd)
//   writeRequestHead({ method, target, fields, framing }): Buffer     strict; throws a Fault on what cannot be written safely
//   writeResponseHead({ status, reason, fields, framing }): Buffer
//   chunkHead(bytes: number): Buffer / CHUNK_TAIL / lastChunk(trailers): Buffer
//   hopByHop(fields): Set<string>   lower-case names to drop (Connection and what it lists, Keep-Alive, TE, Transfer-Encoding, Upgrade, Proxy-*)
