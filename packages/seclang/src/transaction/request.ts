import { Buffer } from 'node:buffer';
import { parseCookies } from '../body/cookies.ts';
import { parseJson } from '../body/json.ts';
import { parseMultipart, type MultipartFacts } from '../body/multipart.ts';
import { parseUrlencoded } from '../body/urlencoded.ts';
import { parseXml, type XmlFacts } from '../body/xml.ts';
import type { RequestHead } from '../api.ts';
import type { EngineSettings } from '../load/settings.ts';
import { lowercase } from '../transformations/lowercase.ts';
import { percentDecode } from '../transformations/url-decode.ts';
import { Item, NO_ITEMS } from './item.ts';

/** What is known of a request; filled by the head, then by the body. */
export class RequestState {
  head: RequestHead | undefined;
  headers: readonly Item[] = NO_ITEMS;
  cookies: readonly Item[] = NO_ITEMS;
  argsGet: readonly Item[] = NO_ITEMS;
  argsPost: readonly Item[] = NO_ITEMS;
  uri = '';
  filename = '';
  basename = '';
  queryString = '';
  urlencodedError = false;
  body = '';
  complete = true;
  /** Of the body of HTTP: a WebSocket message is none, and rules about missing Content-Type fields do not concern it. */
  bodyLength = 0;
  /** Set by the Content-Type or by `ctl:requestBodyProcessor`. */
  processor = '';
  /** `ctl:forceRequestBodyVariable`. */
  forceBodyVariable = false;
  bodyError = '';
  multipart: MultipartFacts | undefined;
  xml: XmlFacts | undefined;
  /** `ctl:requestBodyAccess`; undefined = as the engine is set. */
  access: boolean | undefined;
  /** Values of variables that the head settles (variables/define.ts). */
  readonly lasting: (readonly Item[])[] = [];
  private bodyGiven = false;

  setHead(head: RequestHead, settings: EngineSettings): void {
    this.head = head;
    this.lasting.length = 0;
    const headers: Item[] = [];
    const cookieFields: string[] = [];
    for (const [name, value] of head.fields) {
      const item = new Item(name, value);
      headers.push(item);
      if (item.lowerKey === 'cookie') cookieFields.push(value);
    }
    this.headers = headers;
    this.cookies = parseCookies(cookieFields);
    this.setTarget(head.target, settings);
    this.processor = processorFor(this.header('content-type') ?? '');
  }

  header(lowerName: string): string | undefined {
    for (const item of this.headers) if (item.lowerKey === lowerName) return item.value;
    return undefined;
  }

  private setTarget(received: string, settings: EngineSettings): void {
    // RFC 9112 3.2: no form of a target has a fragment. The codec refuses one, and REQUEST_URI_RAW still shows it.
    const fragment = received.indexOf('#');
    const target = fragment === -1 ? received : received.slice(0, fragment);
    const question = target.indexOf('?');
    const path = question === -1 ? target : target.slice(0, question);
    this.queryString = question === -1 ? '' : target.slice(question + 1);
    // RFC 9112 3.2.2: the absolute form; what counts is the path behind the authority.
    const authority = path.startsWith('/') ? '' : (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/.exec(path)?.[0] ?? '');
    this.uri = percentDecode(target.slice(authority.length));
    this.filename = percentDecode(path.slice(authority.length));
    const slash = Math.max(this.filename.lastIndexOf('/'), this.filename.lastIndexOf('\\'));
    this.basename = this.filename.slice(slash + 1);
    const { items, invalid } = parseUrlencoded(this.queryString, settings.argumentSeparator, settings.argumentsLimit);
    this.argsGet = items;
    this.urlencodedError = invalid;
  }

  get line(): string | undefined {
    return this.head && `${this.head.method} ${this.head.target} ${this.head.protocol}`;
  }

  get remoteUser(): string | undefined {
    const credentials = /^basic\s+([A-Za-z0-9+/=_-]+)/i.exec(this.header('authorization') ?? '')?.[1];
    if (credentials === undefined) return undefined;
    return Buffer.from(credentials, 'base64').toString('latin1').split(':', 1)[0];
  }

  get serverName(): string | undefined {
    const host = this.header('host') ?? /^[a-z]+:\/\/([^/?]*)/i.exec(this.head?.target ?? '')?.[1];
    return host?.replace(/:\d*$/, '');
  }

  get full(): string {
    const fields = this.headers.map((item) => `${item.key}: ${item.value}\r\n`).join('');
    return `${this.line ?? ''}\r\n${fields}\r\n${this.body}`;
  }

  /** REQUEST_BODY exists for forms and where a rule asked for it; other processors offer the parts instead. */
  get bodyVariable(): string | undefined {
    if (!this.bodyGiven) return undefined;
    return this.processor === 'URLENCODED' || this.processor === '' || this.forceBodyVariable ? this.body : undefined;
  }

  setBody(body: string, complete: boolean, settings: EngineSettings): void {
    if (!(this.access ?? settings.requestBodyAccess)) return;
    this.bodyGiven = true;
    this.body = body.length > settings.requestBodyLimit ? body.slice(0, settings.requestBodyLimit) : body;
    this.bodyLength = this.body.length;
    this.complete = complete && this.body.length === body.length;
    if (this.body === '') return;
    this.process(settings);
    const { multipart } = this;
    const parts = multipart === undefined ? undefined : [...multipart.fields, ...multipart.partHeaders];
    const counted = parts?.reduce((sum, part) => sum + part.value.length, 0) ?? this.body.length;
    if (counted > settings.requestBodyNoFilesLimit) {
      this.bodyError ||= `Request body without files is longer than ${settings.requestBodyNoFilesLimit}`;
    }
  }

  private process(settings: EngineSettings): void {
    const limit = Math.max(0, settings.argumentsLimit - this.argsGet.length);
    switch (this.processor) {
      case 'URLENCODED': {
        const { items, invalid, overLimit } = parseUrlencoded(this.body, settings.argumentSeparator, limit);
        this.argsPost = items;
        this.urlencodedError ||= invalid;
        if (overLimit) this.bodyError = `URLENCODED: more than ${limit} arguments`;
        break;
      }
      case 'MULTIPART': {
        this.multipart = parseMultipart(this.header('content-type') ?? '', this.body, { parts: limit });
        this.argsPost = this.multipart.fields;
        if (this.multipart.files.length > settings.uploadFileLimit) {
          const flags = { ...this.multipart.flags, fileLimitExceeded: 1, strictError: 1 };
          this.multipart = { ...this.multipart, flags };
        }
        this.noteError(this.multipart);
        break;
      }
      case 'JSON': {
        const json = parseJson(this.body, { depth: settings.jsonDepthLimit, items: limit });
        this.argsPost = json.items;
        this.noteError(json);
        break;
      }
      case 'XML': {
        this.xml = parseXml(this.body, { depth: settings.xmlDepthLimit, items: limit });
        this.noteError(this.xml);
        break;
      }
      default:
        break;
    }
  }

  /** A body of which only the beginning was inspected ends too early by our own doing. */
  private noteError({ error, truncated }: { readonly error: string; readonly truncated: boolean }): void {
    if (error !== '' && (this.complete || !truncated)) this.bodyError = error;
  }

  /** A WebSocket message: the whole text as one argument, and its members when it is JSON. */
  setMessage(text: string, settings: EngineSettings): void {
    this.bodyGiven = true;
    this.body = text;
    this.processor = '';
    const items = [new Item('message', text)];
    if (/^\s*[[{]/.test(text)) {
      const json = parseJson(text, { depth: settings.jsonDepthLimit, items: settings.argumentsLimit });
      items.push(...json.items);
    }
    this.argsPost = items;
  }
}

function processorFor(contentType: string): string {
  const end = contentType.search(/[;,\s]/);
  const type = lowercase(end === -1 ? contentType : contentType.slice(0, end));
  if (type === 'application/x-www-form-urlencoded') return 'URLENCODED';
  if (type === 'multipart/form-data') return 'MULTIPART';
  return '';
}

export const BODY_PROCESSORS: ReadonlySet<string> = new Set(['URLENCODED', 'MULTIPART', 'JSON', 'XML']);
