import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  type BrotliDecompress,
  type Gunzip,
  type Inflate,
  type ZstdDecompress,
} from 'node:zlib';

// Undoes the codings of an answer (RFC 9110, 8.4) so that it can be inspected; what goes to the client are the bytes that came. Invariants:
// 1. No coding makes more than `maxBytes`, whatever it holds. What exceeds them at more than MAX_RATIO times its size is a bomb; else its
//    beginning is inspected, as with an answer without coding.
// 2. A client may see more in the bytes than we do only where we say `failed`: other bytes than the label says, a coding that is
//    cut off in a whole answer, bytes behind its end (other than zeros), codings that are not known, and more than MAX_LAYERS of them.

/** Text of pages reaches about 20; gzip's most is 1,032. */
const MAX_RATIO = 100;
/** Nobody codes an answer more often than twice, and each layer costs again. */
const MAX_LAYERS = 3;
/** RFC 8878, 3.1: several frames may follow each other. Each is a decoder of its own. */
const MAX_FRAMES = 64;

export type Decoded =
  /** `complete: false`: there was more, which was not inspected. */
  | { readonly kind: 'decoded'; readonly bytes: Buffer; readonly complete: boolean }
  | { readonly kind: 'failed' | 'bomb'; readonly reason: string };

type Decoder = Gunzip | Inflate | BrotliDecompress | ZstdDecompress;
type Make = (first: Buffer, whole: boolean) => Decoder;

const CHUNK = 65_536;
const zlibOptions = (whole: boolean) =>
  whole ? { chunkSize: CHUNK } : { chunkSize: CHUNK, finishFlush: constants.Z_SYNC_FLUSH };

const gunzip: Make = (_bytes, whole) => createGunzip(zlibOptions(whole));

/** RFC 9110, 8.4.1.2: the zlib format; some services send the bare one, and browsers take both. */
const inflate: Make = (bytes, whole) =>
  isZlib(bytes) ? createInflate(zlibOptions(whole)) : createInflateRaw(zlibOptions(whole));

const brotli: Make = (_bytes, whole) =>
  createBrotliDecompress(
    whole ? { chunkSize: CHUNK } : { chunkSize: CHUNK, finishFlush: constants.BROTLI_OPERATION_FLUSH },
  );

const zstd: Make = (_bytes, whole) =>
  createZstdDecompress(whole ? { chunkSize: CHUNK } : { chunkSize: CHUNK, finishFlush: constants.ZSTD_e_flush });

const DECODERS: ReadonlyMap<string, Make> = new Map([
  ['gzip', gunzip],
  // RFC 9110, 8.4.1.3: the same.
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', brotli],
  ['zstd', zstd],
]);

/** The codings of an answer, in the order in which they were applied; `identity` is none. */
export function codingsOf(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
}

/** `whole: false` when only the beginning of the answer was read. */
export async function decodeContent(
  coded: Buffer,
  codings: readonly string[],
  { maxBytes, whole }: { readonly maxBytes: number; readonly whole: boolean },
): Promise<Decoded> {
  if (codings.length > MAX_LAYERS) return failed(`the answer has ${codings.length} codings`);
  let bytes = coded;
  let complete = whole;
  for (const coding of codings.toReversed()) {
    const make = DECODERS.get(coding);
    if (make === undefined) return failed(`the content coding ${coding.slice(0, 40)} is not known`);
    // An answer without a body, as to HEAD, has nothing to undo.
    if (bytes.length === 0) break;
    const layer = await decodeLayer(bytes, make, { maxBytes, whole: complete });
    if (layer.kind !== 'decoded') return layer;
    bytes = layer.bytes;
    complete = layer.complete;
  }
  return { kind: 'decoded', bytes, complete };
}

interface Bounds {
  readonly maxBytes: number;
  readonly whole: boolean;
}

async function decodeLayer(coded: Buffer, make: Make, { maxBytes, whole }: Bounds): Promise<Decoded> {
  const parts: Buffer[] = [];
  let size = 0;
  let rest = coded;
  for (let frame = 0; rest.length > 0; frame++) {
    const run = await runDecoder(make(rest, whole), rest, maxBytes - size);
    if (run.error !== undefined) return failed(`the content coding cannot be undone: ${run.error}`);
    parts.push(...run.parts);
    size += run.size;
    const used = coded.length - rest.length + run.used;
    if (run.over) {
      if (size > used * MAX_RATIO) {
        return { kind: 'bomb', reason: `the content coding grows ${used} bytes to more than ${size}` };
      }
      return { kind: 'decoded', bytes: Buffer.concat(parts).subarray(0, maxBytes), complete: false };
    }
    rest = rest.subarray(run.used);
    if (rest.every((byte) => byte === 0)) break;
    if (make !== zstd || run.used === 0 || frame >= MAX_FRAMES)
      return failed('bytes stand behind the end of the content coding');
  }
  return { kind: 'decoded', bytes: Buffer.concat(parts), complete: whole };
}

interface DecoderRun {
  readonly parts: readonly Buffer[];
  readonly size: number;
  /** Bytes of the input that the coding took. */
  readonly used: number;
  /** More came out than was allowed; it was stopped then. */
  readonly over: boolean;
  readonly error: string | undefined;
}

/** Works outside the event loop; stopped as soon as more than `maxBytes` have come out. */
function runDecoder(decoder: Decoder, coded: Buffer, maxBytes: number): Promise<DecoderRun> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const done = (over: boolean, error?: string): void => {
      // Zero when it is stopped before its first input was counted.
      const used = over && decoder.bytesWritten === 0 ? coded.length : decoder.bytesWritten;
      resolve({ parts, size, used, over, error });
      decoder.destroy();
    };
    decoder.on('data', (part: Buffer) => {
      if (size > maxBytes) return;
      parts.push(part);
      size += part.length;
      if (size > maxBytes) done(true);
    });
    decoder.on('end', () => done(false));
    decoder.on('error', (error: NodeJS.ErrnoException) => done(false, error.code ?? 'it is damaged'));
    decoder.end(coded);
  });
}

/** RFC 1950, 2.2. */
function isZlib(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  return (first & 0x0f) === 8 && ((first << 8) | (bytes[1] ?? 0)) % 31 === 0;
}

function failed(reason: string): Decoded {
  return { kind: 'failed', reason };
}
