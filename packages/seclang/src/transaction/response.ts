import type { ResponseHead } from '../api.ts';
import type { EngineSettings } from '../load/settings.ts';
import { Item, NO_ITEMS, lowerCase } from './item.ts';

export class ResponseState {
  head: ResponseHead | undefined;
  headers: readonly Item[] = NO_ITEMS;
  body: string | undefined;
  complete = true;
  contentLength = 0;
  /** `ctl:responseBodyAccess`; undefined = as the engine is set. */
  access: boolean | undefined;

  setHead(head: ResponseHead): void {
    this.head = head;
    this.headers = head.fields.map(([name, value]) => new Item(name, value));
  }

  get status(): string | undefined {
    return this.head && String(this.head.status);
  }

  get contentType(): string | undefined {
    return this.headers.find((item) => item.lowerKey === 'content-type')?.value;
  }

  setBody(body: string, complete: boolean, settings: EngineSettings): void {
    if (!(this.access ?? settings.responseBodyAccess)) return;
    const type = lowerCase(this.contentType?.split(';', 1)[0] ?? '').trim();
    if (!settings.responseMimeTypes.has(type)) return;
    this.body = body.length > settings.responseBodyLimit ? body.slice(0, settings.responseBodyLimit) : body;
    this.contentLength = body.length;
    this.complete = complete && this.body.length === body.length;
  }

  setMessage(text: string): void {
    this.body = text;
    this.contentLength = text.length;
  }
}
