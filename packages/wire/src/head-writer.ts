import { fault } from './faults.ts';
import { isToken } from './characters.ts';
import { lowerName } from './field-names.ts';
import type { Field, Framing, HeadField } from './http1-api.ts';
import { framingLine, UNSAFE_TARGET, UNSAFE_VALUE } from './http1-writer.ts';

// Writes a head that is made of another one. Lines that were clean when they were read are copied as text, neighbours together; all
// others, and all that are new, are written anew and checked (http1-writer.ts). Framing fields never pass: `end` writes them.

export class HeadWriter {
  readonly #source: string;
  #text = '';
  /** What of the source is still to be copied. */
  #from = 0;
  #to = 0;
  /** Host fields that are still to be written; only a request wants one. */
  #hosts = 0;
  #isRequest = false;

  /** `source` is the text of the head that fields are copied from. */
  constructor(source: string) {
    this.#source = source;
  }

  /** RFC 9112, 3. Always HTTP/1.1 (RFC 9110, 2.5: a sender states its own version). */
  startRequest(method: string, target: string): void {
    if (!isToken(method)) throw fault('wire.unsafe-method', { method });
    if (target === '' || UNSAFE_TARGET.test(target)) throw fault('wire.unsafe-target', { target });
    this.#text = `${method} ${target} HTTP/1.1\r\n`;
    this.#hosts = 1;
    this.#isRequest = true;
  }

  /** RFC 9112, 4. */
  startResponse(status: number, reason: string): void {
    if (!Number.isInteger(status) || status < 100 || status > 999 || UNSAFE_VALUE.test(reason)) {
      throw fault('wire.unsafe-status', { status, reason });
    }
    this.#text = `HTTP/1.1 ${status} ${reason}\r\n`;
  }

  /** A field of the source. */
  copy(field: HeadField): void {
    if (isFraming(field.lower)) return;
    if (this.#isRequest && field.lower === 'host') this.#hosts -= 1;
    if (field.start < 0) return this.#write(field.name, field.value);
    if (field.start !== this.#to) {
      this.#flush();
      this.#from = field.start;
    }
    this.#to = field.end;
  }

  add({ name, value }: Field): void {
    const lower = lowerName(name);
    if (isFraming(lower)) return;
    if (this.#isRequest && lower === 'host') this.#hosts -= 1;
    this.#write(name, value);
  }

  /** The whole head, latin1. Framing `none` and `close` add nothing. Throws unless a request has one Host (RFC 9112, 3.2). */
  end(framing: Framing): string {
    if (this.#hosts !== 0) throw fault('wire.host-count', { hosts: 1 - this.#hosts });
    this.#flush();
    return `${this.#text}${framingLine(framing)}\r\n`;
  }

  #write(name: string, value: string): void {
    if (!isToken(name) || UNSAFE_VALUE.test(value)) throw fault('wire.unsafe-field', { name, value });
    this.#flush();
    this.#text += `${name}: ${value}\r\n`;
  }

  #flush(): void {
    if (this.#to > this.#from) this.#text += this.#source.slice(this.#from, this.#to);
    this.#from = this.#to = 0;
  }
}

function isFraming(lower: string): boolean {
  return lower === 'content-length' || lower === 'transfer-encoding';
}
