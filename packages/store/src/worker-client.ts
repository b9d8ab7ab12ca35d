import { Worker } from 'node:worker_threads';
import { storeFault } from './faults.ts';
import { faultFrom, type Answer, type Ask } from './worker-protocol.ts';

/** Questions that may wait; above it callers are told to come back, so that a slow disk does not eat the memory. */
const MAX_WAITING = 20_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One worker thread that answers questions by name. */
export class WorkerClient {
  readonly messages: readonly string[];
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #stopped: Error | undefined;

  private constructor(worker: Worker, messages: readonly string[]) {
    this.#worker = worker;
    this.messages = messages;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#stop(storeFault('store.stopped', {}, error)));
    worker.on('exit', () => this.#stop(storeFault('store.stopped')));
  }

  static async start(file: URL, workerData: unknown): Promise<WorkerClient> {
    const worker = new Worker(file, { workerData });
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    worker.once('message', (answer: Answer) => {
      if (answer.kind === 'ready' && !answer.fault) resolve(answer.messages ?? []);
      else reject(answer.kind === 'ready' && answer.fault ? faultFrom(answer.fault) : storeFault('store.failed'));
    });
    worker.once('error', (error) => reject(storeFault('store.failed', { cause: String(error) }, error)));
    worker.once('exit', () => reject(storeFault('store.stopped')));
    try {
      return new WorkerClient(worker, await promise);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  ask(method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#stopped);
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(storeFault('store.busy'));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const question: Ask = { id, method, args };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#worker.postMessage(question);
    });
  }

  /** An object with one function per name. */
  facade(methods: Iterable<string>): Record<string, (...args: unknown[]) => Promise<unknown>> {
    return Object.fromEntries(
      Array.from(methods, (method) => [method, (...args: unknown[]) => this.ask(method, args)]),
    );
  }

  /** Answers what waits, then ends the thread. */
  async close(): Promise<void> {
    if (this.#stopped) return;
    const closed = this.ask('close', []);
    // A question that comes while the thread closes would meet a closed database.
    this.#stopped = storeFault('store.stopped');
    await closed;
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    if (answer.kind === 'ready') return;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.kind === 'value') waiting?.resolve(answer.value);
    else waiting?.reject(faultFrom(answer.fault));
  }

  #stop(fault: Error): void {
    this.#stopped ??= fault;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#stopped);
    this.#waiting.clear();
  }
}
