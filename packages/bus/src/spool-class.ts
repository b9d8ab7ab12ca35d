import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventClass } from '@seawall/contract';
import { syncFolder } from './durable-file.ts';
import { readRecord, scanSegment } from './spool-segment.ts';

// The spool of one class: files of records, written at the end, read at the start. Invariants:
// 1. `ends` of a segment are the ends of records that are whole in the file; after a failed write the file is cut back to the last.
// 2. A record is only handed out after its append resolved.
// 3. What was acknowledged may come again after a crash (the note of it is not synced); nothing else is ever left out.

interface Segment {
  readonly number: number;
  readonly ends: number[];
}

export interface Batch {
  readonly jsons: readonly string[];
  readonly segment: number;
  readonly records: number;
}

const fileOf = (number: number): string => `${String(number).padStart(8, '0')}.seg`;

export class SpoolClass {
  readonly name: EventClass;
  readonly #folder: string;
  readonly #maxSegmentBytes: number;
  #segments: Segment[] = [];
  /** Records of the first segment that are acknowledged. */
  #acknowledged = 0;
  #handle: FileHandle | undefined;
  #next = 1;
  bytes = 0;
  cutBytes = 0;

  constructor(name: EventClass, folder: string, maxSegmentBytes: number) {
    this.name = name;
    this.#folder = folder;
    this.#maxSegmentBytes = maxSegmentBytes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const file of readdirSync(folder).sort()) {
      if (!/^\d{8,}\.seg$/.test(file)) continue;
      const number = Number.parseInt(file, 10);
      const { ends, cutBytes } = scanSegment(join(folder, file));
      this.cutBytes += cutBytes;
      this.#next = number + 1;
      if (ends.length === 0) rmSync(join(folder, file));
      else this.#segments.push({ number, ends: [...ends] });
    }
    this.bytes = this.#segments.reduce((sum, { ends }) => sum + (ends.at(-1) ?? 0), 0);
    this.#readAcknowledged();
  }

  get records(): number {
    return this.#segments.reduce((sum, { ends }) => sum + ends.length, 0) - this.#acknowledged;
  }

  /** Appends whole records; with `sync` they are on disk when it resolves. A failure leaves the file as it was. */
  async append(records: readonly Buffer[], sync: boolean): Promise<void> {
    const segment = await this.#writable();
    const handle = this.#handle!; // made by `#writable`
    const start = segment.ends.at(-1) ?? 0;
    const bytes = Buffer.concat(records);
    try {
      let written = 0;
      while (written < bytes.length) {
        written += (await handle.write(bytes, written, bytes.length - written, start + written)).bytesWritten;
      }
      if (sync) await handle.datasync();
    } catch (error) {
      await this.#abandon(handle, start);
      throw error;
    }
    let end = start;
    for (const record of records) segment.ends.push((end += record.length));
    this.bytes += bytes.length;
  }

  /** The oldest records that are not acknowledged, from one segment. */
  read(maxRecords: number, maxBytes: number): Batch | undefined {
    const segment = this.#segments[0];
    if (!segment || segment.ends.length <= this.#acknowledged) return undefined;
    const bytes = readFileSync(join(this.#folder, fileOf(segment.number)));
    const jsons: string[] = [];
    let offset = segment.ends[this.#acknowledged - 1] ?? 0;
    let size = 0;
    while (jsons.length < maxRecords && size < maxBytes && this.#acknowledged + jsons.length < segment.ends.length) {
      const record = readRecord(bytes, offset);
      if (!record) throw new Error(`record at ${offset} of ${fileOf(segment.number)} is damaged`);
      jsons.push(record.json);
      size += record.json.length;
      offset = record.end;
    }
    return { jsons, segment: segment.number, records: jsons.length };
  }

  /** Removes what a batch held. A batch whose segment was shed meanwhile is gone already. */
  async acknowledge(batch: Batch): Promise<void> {
    const segment = this.#segments[0];
    if (segment?.number !== batch.segment) return;
    this.#acknowledged += batch.records;
    if (this.#acknowledged < segment.ends.length) {
      const note = `${segment.number} ${this.#acknowledged}\n`;
      await writeFile(join(this.#folder, 'acknowledged'), note);
      return;
    }
    await this.dropOldest();
  }

  /** Gives the oldest segment up. Answers how many records that were not acknowledged went with it. */
  async dropOldest(): Promise<number> {
    const segment = this.#segments.shift();
    if (!segment) return 0;
    const lost = segment.ends.length - this.#acknowledged;
    this.#acknowledged = 0;
    this.bytes -= segment.ends.at(-1) ?? 0;
    if (this.#segments.length === 0) await this.#closeHandle();
    rmSync(join(this.#folder, fileOf(segment.number)), { force: true });
    return lost;
  }

  async close(): Promise<void> {
    await this.#closeHandle();
  }

  async #writable(): Promise<Segment> {
    const last = this.#segments.at(-1);
    if (this.#handle && last && (last.ends.at(-1) ?? 0) < this.#maxSegmentBytes) return last;
    await this.#closeHandle();
    const segment: Segment = { number: this.#next++, ends: [] };
    this.#handle = await open(join(this.#folder, fileOf(segment.number)), 'wx', 0o600);
    await syncFolder(this.#folder);
    this.#segments.push(segment);
    return segment;
  }

  /** After a failed sync nobody knows what the disk holds: the file is cut back, and a new one is begun. */
  async #abandon(handle: FileHandle, length: number): Promise<void> {
    this.#handle = undefined;
    const segment = this.#segments.at(-1);
    try {
      await handle.truncate(length);
      if (length === 0 && segment) {
        this.#segments.pop();
        rmSync(join(this.#folder, fileOf(segment.number)), { force: true });
      }
    } finally {
      await handle.close();
    }
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  #readAcknowledged(): void {
    let text = '';
    try {
      text = readFileSync(join(this.#folder, 'acknowledged'), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // none was written yet
    }
    const [, number, records] = /^(\d+) (\d+)\n$/.exec(text) ?? [];
    const first = this.#segments[0];
    if (first && Number(number) === first.number && Number(records) < first.ends.length) {
      this.#acknowledged = Number(records);
    }
  }
}
