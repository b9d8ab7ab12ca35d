// Which addresses run script when they are followed. Browsers drop white space and control characters from a scheme
// (URL Standard 4.4 removes tab and newline everywhere, C0 and space at the start) and decode character references in attributes first.

const NAMED: Readonly<Record<string, string>> = {
  colon: ':',
  tab: '\t',
  newline: '\n',
  lpar: '(',
  rpar: ')',
  sol: '/',
  semi: ';',
  comma: ',',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  amp: '&',
  nbsp: ' ',
  period: '.',
  excl: '!',
  equals: '=',
  grave: '`',
  lbrack: '[',
  rbrack: ']',
  lsqb: '[',
  rsqb: ']',
  plus: '+',
  num: '#',
};

/** Character references of HTML decoded once: decimal, hexadecimal, the names that matter, with or without the semicolon. */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#[xX]([0-9a-fA-F]{1,12})|#([0-9]{1,12})|([A-Za-z]{2,8}));?/g,
    (all, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? all;
      const code = hex === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hex, 16);
      if (code === 0) return '';
      return code < 256 ? String.fromCharCode(code) : code < 0x110000 ? '?' : '';
    },
  );
}

/** Which kind of script this address runs, or undefined. */
export function scriptAddress(value: string): string | undefined {
  // Only the start counts; the scheme may be padded with a bounded amount of what browsers drop.
  const plain = percentDecoded(decodeReferences(value.slice(0, 2048)))
    .replace(/[\0-\x20\x7f-\xa0\xad\\]/g, '')
    .toLowerCase()
    .replace(/^(?:url\(|["'`;])+/, '');
  const scheme =
    /^(?:view-source:|feed:|jar:|blob:|filesystem:)*(javascript|vbscript|livescript|jscript|mocha|vbs|data):/.exec(
      plain,
    );
  if (scheme === null) return undefined;
  if (scheme[1] !== 'data') return `${scheme[1]}: address`;
  const rest = plain.slice(scheme[0].length);
  const type = /^[^,;]*/.exec(rest)?.[0] ?? '';
  if (/^[^/]*\/.*(?:html|svg|xml|javascript|ecmascript|xslt)/.test(type))
    return `data: address of type ${type.slice(0, 40)}`;
  if (type === '' && /^(?:;[^,]*)?,(?:.*<|phnj|pgh0|pho|pfnd)/.test(rest)) return 'data: address with markup';
  return undefined;
}

function percentDecoded(text: string): string {
  return text.replace(/%(0[0-9a-d]|20|3a|28|29|5c|00)/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Style text that runs script or pulls in other style, comments and escapes undone (CSS Syntax 4.3.7). */
export function scriptStyle(value: string): string | undefined {
  const plain = decodeReferences(value.slice(0, 8192))
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\\([0-9a-fA-F]{1,6})\s?/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16) & 0xff))
    .replace(/[\0-\x20\\]/g, '')
    .toLowerCase();
  if (/expression\(/.test(plain)) return 'CSS expression';
  if (/-moz-binding:|behaviou?r:(?:url|#)/.test(plain)) return 'CSS binding';
  if (/(?:javascript|vbscript):|url\(["']?data:(?:text\/html|image\/svg)/.test(plain)) return 'script address in style';
  if (/@import/.test(plain)) return 'imported style';
  return undefined;
}

/** What browsers drop, then the first letter of a scheme that matters or a letter in disguise. */
const SCHEME_BEGINS = /^[\0-\x20\x7f-\xa0\xad\\"'`;]*(?:[jvlmdfb&%]|url\()/i;

/** A value that is itself an address with script; titles such as "JavaScript: The Good Parts (2008)" are prose. */
export function isScriptAddressAlone(value: string): string | undefined {
  // The scheme needs a colon, written or encoded; most values have none of the three near their start.
  if (!SCHEME_BEGINS.test(value) || !/[:&%]/.test(value.slice(0, 2048))) return undefined;
  const kind = scriptAddress(value);
  if (kind === undefined) return undefined;
  const rest = value.slice(value.indexOf(':') + 1);
  const prose = /^\s+(?:[\w'-]+[,:;.!?]?\s+)+[\w'-]*/.exec(rest.slice(0, 200));
  if (prose !== null && !/[\w\]$)][(`=[]/.test(rest.slice(0, prose[0].length + 1))) return undefined;
  return kind.startsWith('data') || /[(`=[.+;/%&]/.test(rest) ? kind : undefined;
}
