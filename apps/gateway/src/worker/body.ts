/** Beyond this the peer is asked to wait: a fast sender must not fill memory for a slow reader. */
const HIGH_WATER = 131_072;

const NOTHING = Buffer.alloc(0);

export interface Flow {
  pause(): void;
  resume(): void;
}

/** The body of one message as it comes in: read chunk by chunk, with back-pressure to the peer that sends it. */
export class IncomingBody {
  readonly #flow: Flow;
  #chunks: Buffer[] = [];
  #waitingBytes = 0;
  #paused = false;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;
  /** Bytes that came in so far. */
  bytes = 0;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What `fail` was told. */
  get error(): Error | undefined {
    return this.#error;
  }

  push(chunk: Buffer): void {
    this.bytes += chunk.length;
    this.#chunks.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes > HIGH_WATER && !this.#paused) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#awake();
  }

  end(): void {
    this.#ended = true;
    this.#awake();
  }

  fail(error: Error): void {
    if (this.#ended) return;
    this.#error ??= error;
    this.#awake();
  }

  /** All that is still to be read, when all has come; undefined while more may come, or when it broke off. */
  takeWhole(): Buffer | undefined {
    if (!this.#ended || this.#error !== undefined) return undefined;
    const chunks = this.#chunks;
    if (chunks.length === 0) return NOTHING;
    this.#chunks = [];
    this.#waitingBytes = 0;
    if (this.#paused) this.#flow.resume();
    this.#paused = false;
    return joined(chunks);
  }

  /** The next chunk; undefined at the end. Throws what `fail` was told. */
  async read(): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const chunk = this.#chunks.shift();
    this.#waitingBytes -= chunk?.length ?? 0;
    if (this.#paused && this.#waitingBytes < HIGH_WATER / 2) {
      this.#paused = false;
      this.#flow.resume();
    }
    return chunk;
  }

  /** Reads to the end, or until more than `max` bytes have come: then `complete` is false and the rest is still to be read. */
  async collect(max: number): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
    const parts: Buffer[] = [];
    let size = 0;
    for (;;) {
      const chunk = await this.read();
      if (chunk === undefined) return { bytes: joined(parts), complete: true };
      parts.push(chunk);
      size += chunk.length;
      if (size > max) return { bytes: joined(parts), complete: false };
    }
  }

  #awake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
