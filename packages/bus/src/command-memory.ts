import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Command, Envelope, SCHEMA_VERSION, uuidv7, type CommandResult } from '@seawall/contract';
import type { NodeOptions } from './api.ts';
import { replaceFile } from './durable-file.ts';

/** Results that are remembered; a command that is sent again after so many others is carried out again. */
const MAX_RESULTS = 1000;

/**
 * Makes commands single by action and step. A result is on disk before it is sent. A command that was cut short by a
 * crash has no result, so it is carried out again: what carries it out looks at the world first.
 */
export class CommandMemory {
  readonly #options: NodeOptions;
  readonly #file: string;
  readonly #results = new Map<string, Envelope>();
  readonly #running = new Set<string>();

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#file = join(options.folder, 'results.json');
    this.#read();
  }

  /** The envelope with the result; undefined while another call of the same command runs, or when it is not one. */
  async run(value: unknown): Promise<Envelope | undefined> {
    const parsed = Command.safeParse(value);
    if (!parsed.success || !this.#options.onCommand) {
      this.#options.log('warn', 'a command was left out', {
        problem: parsed.error?.message.slice(0, 300) ?? 'no handler',
      });
      return undefined;
    }
    const command = parsed.data;
    const key = `${command.action.id}:${command.step}`;
    const known = this.#results.get(key);
    if (known || this.#running.has(key)) return known;
    this.#running.add(key);
    try {
      const result = await this.#carryOut(command);
      const envelope = this.#wrap(result);
      this.#results.set(key, envelope);
      for (const eldest of this.#results.keys()) {
        if (this.#results.size <= MAX_RESULTS) break;
        this.#results.delete(eldest);
      }
      await replaceFile(this.#file, JSON.stringify([...this.#results]));
      return envelope;
    } finally {
      this.#running.delete(key);
    }
  }

  async #carryOut(command: Command): Promise<CommandResult> {
    try {
      return await this.#options.onCommand!(command); // `run` looked
    } catch (error) {
      const detail = `the responder failed: ${String(error).slice(0, 500)}`;
      const outcome = { verified: false, detail, timeMicros: Date.now() * 1000 };
      return { action: command.action.id, step: command.step, outcome };
    }
  }

  #wrap(result: CommandResult): Envelope {
    const now = Date.now();
    const head = { schema: SCHEMA_VERSION, node: this.#options.node, sequence: 0 } as const;
    return { ...head, id: uuidv7(now, randomBytes(10)), timeMicros: now * 1000, kind: 'result', result };
  }

  #read(): void {
    try {
      const rows: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      for (const row of Array.isArray(rows) ? rows : []) {
        if (Array.isArray(row) && typeof row[0] === 'string') this.#results.set(row[0], Envelope.parse(row[1]));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      this.#options.log('error', 'the remembered results are damaged; commands may be carried out again', {
        error: String(error),
      });
    }
  }
}
