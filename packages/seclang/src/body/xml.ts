import { Item } from '../transaction/item.ts';
import { utf8Bytes } from './bytes.ts';
import { XmlDocument } from './xml-document.ts';
import type { XPath } from './xpath.ts';

// A bounded reader of XML 1.0. All text (`XML:/*`) and all attribute values (`XML://@*`) are always collected; a tree is made
// only when a rule asks with another XPath.
// 1. Nothing outside the text is read: a DOCTYPE is passed over, entity declarations are an error, their references stay as written.
// 2. Depth and number of values are bounded, each byte is looked at a fixed number of times.
// 3. What was read before an error is still inspected.

export interface XmlFacts {
  /** Keys are the two XPath forms. */
  readonly items: readonly Item[];
  readonly error: string;
  readonly truncated: boolean;
  /** What an XPath selects in the part that could be read. Throws when the document has too many nodes for a tree. */
  select(path: XPath): readonly Item[];
}

/** Gets what is read, in document order. */
export interface XmlSink {
  open(name: string): void;
  attribute(name: string, value: string): void;
  text(text: string): void;
  close(): void;
}

export interface XmlLimits {
  readonly depth: number;
  readonly items: number;
}

export const XML_TEXT = '/*';
export const XML_ATTRIBUTES = '//@*';

class XmlError extends Error {
  readonly truncated: boolean;
  constructor(text: string, truncated = false) {
    super(text);
    this.truncated = truncated;
  }
}

export function parseXml(text: string, limits: XmlLimits): XmlFacts {
  const flat = new FlatSink();
  const { error, truncated } = read(text, limits, flat);
  let document: XmlDocument | undefined;
  return {
    items: flat.items(),
    error,
    truncated,
    select(path) {
      document ??= readDocument(text, limits);
      return document.select(path);
    },
  };
}

function readDocument(text: string, limits: XmlLimits): XmlDocument {
  const document = new XmlDocument();
  read(text, limits, document);
  return document;
}

function read(text: string, limits: XmlLimits, sink: XmlSink): { readonly error: string; readonly truncated: boolean } {
  const reader = new Reader(text, limits, sink);
  try {
    reader.run();
    return { error: reader.complaint, truncated: false };
  } catch (caught) {
    if (!(caught instanceof XmlError)) throw caught;
    return { error: reader.complaint || `XML: ${caught.message}`, truncated: caught.truncated };
  }
}

class FlatSink implements XmlSink {
  private readonly texts: string[] = [];
  private readonly attributes: Item[] = [];
  private rootSeen = false;

  open(): void {
    this.rootSeen = true;
  }

  attribute(_name: string, value: string): void {
    this.attributes.push(new Item(XML_ATTRIBUTES, value));
  }

  text(text: string): void {
    this.texts.push(text);
  }

  close(): void {}

  items(): Item[] {
    const items = [...this.attributes];
    if (this.rootSeen) items.unshift(new Item(XML_TEXT, this.texts.join('')));
    return items;
  }
}

class Reader {
  /** What is refused, though reading goes on: a backend that takes it would see the rest too. */
  complaint = '';
  private at = 0;
  private readonly text: string;
  private readonly limits: XmlLimits;
  private readonly sink: XmlSink;
  private readonly open: string[] = [];
  private attributes = 0;
  private rootSeen = false;

  constructor(text: string, limits: XmlLimits, sink: XmlSink) {
    this.text = text;
    this.limits = limits;
    this.sink = sink;
  }

  run(): void {
    if (/^(?:\u00fe\u00ff|\u00ff\u00fe)/.test(this.text))
      throw new XmlError('only UTF-8 and single-byte encodings are read');
    if (this.text.startsWith('\u00ef\u00bb\u00bf')) this.at = 3;
    while (this.at < this.text.length) {
      const open = this.text.indexOf('<', this.at);
      this.content(this.text.slice(this.at, open === -1 ? this.text.length : open));
      if (open === -1) break;
      this.at = open;
      this.markup();
    }
    if (this.open.length > 0) throw new XmlError(`<${this.open.at(-1)}> is not closed`, true);
    if (!this.rootSeen) throw new XmlError('there is no element', true);
  }

  private content(text: string): void {
    if (this.open.length > 0) {
      if (text !== '') this.sink.text(decodeReferences(text));
    } else if (/[^\s]/.test(text)) throw new XmlError('there is text outside the root element');
  }

  private markup(): void {
    if (this.text.startsWith('<!--', this.at)) this.skipTo('-->', 4);
    else if (this.text.startsWith('<![CDATA[', this.at)) {
      const start = this.at + 9;
      this.skipTo(']]>', 9);
      if (this.open.length > 0) this.sink.text(this.text.slice(start, this.at - 3));
    } else if (this.text.startsWith('<?', this.at)) this.skipTo('?>', 2);
    else if (this.text.startsWith('<!DOCTYPE', this.at)) this.doctype();
    else if (this.text[this.at + 1] === '/') this.endTag();
    else this.startTag();
  }

  private skipTo(end: string, from: number): void {
    const found = this.text.indexOf(end, this.at + from);
    if (found === -1) throw new XmlError(`"${end}" is missing`, true);
    this.at = found + end.length;
  }

  private doctype(): void {
    const form = /<!DOCTYPE(?:[^[\]>"']|"[^"]*"|'[^']*')*(\[(?:[^\]"']|"[^"]*"|'[^']*')*\]\s*)?>/y;
    // A longer one would let the pattern's stack grow with the body.
    const found = form.exec(this.text.slice(this.at, this.at + 16_384));
    if (found === null) throw new XmlError('the DOCTYPE is not closed');
    if (found[1]?.includes('<!ENTITY') === true) this.complaint = 'XML: entity declarations are refused';
    this.at += form.lastIndex;
  }

  private endTag(): void {
    const form = /<\/([^\s<>/=]+)\s*>/y;
    form.lastIndex = this.at;
    const name = form.exec(this.text)?.[1];
    if (name === undefined) throw new XmlError('an end tag is malformed', !this.text.includes('>', this.at));
    if (this.open.pop() !== name) throw new XmlError(`</${name}> closes another element`);
    this.at = form.lastIndex;
    this.sink.close();
  }

  private startTag(): void {
    const name = this.match(/<([^\s<>/=!?]+)/y)?.[1];
    if (name === undefined) throw new XmlError('a tag is malformed', this.at + 1 >= this.text.length);
    if (this.open.length === 0 && this.rootSeen) throw new XmlError('there is a second root element');
    if (this.open.length >= this.limits.depth) throw new XmlError(`nested deeper than ${this.limits.depth}`);
    this.rootSeen = true;
    this.sink.open(name);
    for (;;) {
      const attribute = this.match(/\s+([^\s<>/="']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y);
      if (attribute === undefined) break;
      if (this.attributes >= this.limits.items) throw new XmlError(`more than ${this.limits.items} attributes`);
      // A namespace declaration is no attribute in XPath's data model.
      if (!/^xmlns(?::|$)/.test(attribute[1] ?? '')) {
        this.attributes++;
        this.sink.attribute(attribute[1] ?? '', decodeReferences(attribute[2] ?? attribute[3] ?? ''));
      }
    }
    const end = this.match(/\s*(\/?)>/y);
    if (end === undefined) throw new XmlError(`<${name}> is malformed`, !this.text.includes('>', this.at));
    if (end[1] === '') this.open.push(name);
    else this.sink.close();
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Character references and the five named ones; any other name stays as written. */
function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9A-Fa-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g, (all, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name)] ?? all;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0x10ffff ? all : utf8Bytes(code);
  });
}
