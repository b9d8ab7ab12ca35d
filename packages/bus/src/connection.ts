import type { Socket } from 'node:net';
import { FrameReader, MAX_FRAME_BYTES, MAX_HELLO_BYTES, MAX_PAYLOAD_BYTES, readFrame, writeFrame } from './frame.ts';

/** Frames in order over one socket, both ways. */
export class Connection {
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  #maxPayloadBytes = MAX_HELLO_BYTES;
  #fail: (error: unknown) => void = () => undefined;
  #writing: Promise<void> = Promise.resolve();
  #reading: Promise<void> = Promise.resolve();

  /** `onFrame` is awaited before the next frame is read; what it throws ends the connection. `onEnd` comes once. */
  constructor(
    socket: Socket,
    onFrame: (frame: Readonly<Record<string, unknown>>) => Promise<void> | void,
    onEnd: (error: unknown) => void,
  ) {
    this.#socket = socket;
    let failure: unknown;
    const fail = (error: unknown): void => {
      failure ??= error;
      socket.destroy();
    };
    this.#fail = fail;
    socket.on('data', (bytes: Buffer) => {
      socket.pause();
      this.#reading = this.#read(this.#reading, bytes, onFrame);
    });
    socket.on('error', fail);
    socket.on('close', () => onEnd(failure));
  }

  /** After the other side has shown its token. */
  trust(): void {
    this.#reader.maxBytes = MAX_FRAME_BYTES;
    this.#maxPayloadBytes = MAX_PAYLOAD_BYTES;
  }

  /** Resolves when the frame went to the kernel, or the socket is gone. A frame that cannot be made ends the connection. */
  send(json: string): Promise<void> {
    this.#writing = this.#write(this.#writing, writeFrame(json));
    return this.#writing;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #read(
    before: Promise<void>,
    bytes: Buffer,
    onFrame: (frame: Readonly<Record<string, unknown>>) => Promise<void> | void,
  ): Promise<void> {
    await before;
    try {
      for (const frame of this.#reader.push(bytes)) await onFrame(await readFrame(frame, this.#maxPayloadBytes));
      this.#socket.resume();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #write(before: Promise<void>, frame: Promise<Buffer>): Promise<void> {
    const made = await Promise.allSettled([frame, before]);
    if (made[0].status === 'rejected') return this.#fail(made[0].reason);
    const bytes = made[0].value;
    if (this.#socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', resolve);
      this.#socket.write(bytes, () => {
        this.#socket.off('close', resolve);
        resolve();
      });
    });
  }
}
