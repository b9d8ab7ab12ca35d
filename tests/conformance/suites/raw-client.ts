import { connect } from 'node:net';

/** What came back; `status` is 0 when nothing did that begins like an answer. */
export interface Exchange {
  /** The client's port: the log names it. */
  readonly port: number;
  readonly status: number;
}

/** Longer than any answer takes, and shorter than the gateway waits for a body: a client that gave up saw an error. */
const READ_TIMEOUT_MS = 10_000;

/** Sends exact bytes over connections whose ports are all different, so that a line of the log belongs to one of them. */
export class RawSender {
  readonly #port: number;
  readonly #used = new Set<number>();

  constructor(port: number) {
    this.#port = port;
  }

  async send(bytes: Buffer): Promise<Exchange> {
    for (;;) {
      const exchange = await this.#try(bytes);
      if (exchange !== undefined) return exchange;
    }
  }

  /** Undefined when the machine gave a port that was used before; nothing was sent then. */
  #try(bytes: Buffer): Promise<Exchange | undefined> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
      let port = 0;
      let text = '';
      const done = (): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve({ port, status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0) });
      };
      const timer = setTimeout(done, READ_TIMEOUT_MS);
      socket.on('connect', () => {
        port = socket.localPort ?? 0;
        if (this.#used.has(port)) {
          clearTimeout(timer);
          socket.destroy();
          return resolve(undefined);
        }
        this.#used.add(port);
        socket.write(bytes);
      });
      // One request a connection: its first answer is the answer.
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (isWhole(text)) done();
      });
      socket.on('end', done);
      socket.on('error', (error) => {
        if (port !== 0) return done();
        clearTimeout(timer);
        reject(error);
      });
    });
  }
}

/** An answer with its length, so that a client need not wait for a connection that stays open. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length);
}
