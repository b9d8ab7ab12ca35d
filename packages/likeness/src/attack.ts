import { decodePercent, valuesOf, type Given, type Question } from './question.ts';

// What a diverted sender is after. This judges nobody (the rules did): it chooses what to play, and what was learned.

export type AttackFamily = 'sqli' | 'xss' | 'lfi' | 'rce' | 'ssrf' | 'template' | 'jndi' | 'xxe';

export interface Attack {
  readonly family: AttackFamily;
  /** The value that carries it, decoded, cut to 500 characters. */
  readonly payload: string;
  /** File, command or address that is asked for; '' when none can be read. */
  readonly aim: string;
}

const PATTERNS: readonly (readonly [AttackFamily, RegExp])[] = [
  ['jndi', /\$\{(?:jndi|env|sys|lower|upper|::-)[:}]/i],
  ['xxe', /<!(?:doctype|entity)[^>]{0,200}(?:system|public|\[)/i],
  // Before files: `$(cat /etc/passwd)` is a command first.
  [
    'rce',
    /(?:[;|&`\n]|\$\(|\|\|)\s*(?:\/(?:usr\/)?s?bin\/)?(?:id|whoami|cat|ls|uname|wget|curl|nc|ncat|bash|sh|ping|sleep|nslookup|python\d?|perl|php|echo|printenv|env|ps|ifconfig|ip|hostname|pwd|dir|type|powershell)\b|\(\)\s*\{\s*:;\s*\}/i,
  ],
  [
    'lfi',
    /(?:\.\.[/\\]|^file:\/\/|^\/?(?:etc|proc|var\/log|root|home)\/|\/etc\/(?:passwd|shadow|hosts)|^[a-z]:\\|win\.ini|php:\/\/|\.env\b|wp-config|\.git\/|\.ssh\/|web-inf)/i,
  ],
  [
    'ssrf',
    /^(?:https?|gopher|dict|ftp):\/\/(?:[^/@\s]*@)?(?:localhost|127\.|0\.0\.0\.0|0x|\d{6,}|10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|169\.254\.|\[|metadata|[\w.-]*internal|[\w-]+(?::\d+)?(?:\/|$))/i,
  ],
  [
    'sqli',
    /(?:'|"|\)|\b\d+)\s*(?:or|and|having|\|\||&&)\s+[\w('"]|\bunion\b[\s\S]{0,60}\bselect\b|\bselect\b[\s\S]{1,120}\bfrom\b|\b(?:sleep|benchmark|pg_sleep|extractvalue|updatexml|load_file)\s*\(|waitfor\s+delay|information_schema|sqlite_master|\border\s+by\s+\d|;\s*(?:drop|insert|update|delete|select)\b|'\s*(?:--|#|;|\/\*)|'[)\s]*$|\/\*[^*]{0,40}\*\//i,
  ],
  ['template', /\{\{\s*[\w.'"]+\s*[*+.[(]|<%=|#\{\d+\s*\*|\$\{\d+\s*\*/],
  [
    'xss',
    /<\s*(?:script|svg|img|iframe|body|details|video|object|embed|math|a)\b|\bon(?:error|load|click|focus|mouse\w+|toggle)\s*=|javascript:/i,
  ],
];

/** Up to three layers of percent-encoding are taken off, so that the played part sees what the payload means. */
function unwrapped(value: string): string {
  let text = value.slice(0, 4_096);
  for (let layer = 0; layer < 3 && /%[0-9a-fA-F]{2}/.test(text); layer++) text = decodePercent(text);
  return text;
}

/** Characters that are matched for one question; more would buy an attacker our time. */
const MAX_READ = 16_384;

export function readAttacks(question: Question): readonly Attack[] {
  const values: Given[] = [{ name: '', value: question.path }, ...valuesOf(question)];
  const found: Attack[] = [];
  let budget = MAX_READ;
  for (const { value } of values) {
    if (budget <= 0) break;
    const text = unwrapped(value.slice(0, budget));
    budget -= text.length;
    for (const [family, pattern] of PATTERNS) {
      if (found.length >= 8 || !pattern.test(text) || found.some((one) => one.family === family)) continue;
      found.push({ family, payload: text.slice(0, 500), aim: aimOf(family, text) });
    }
  }
  return found;
}

function aimOf(family: AttackFamily, text: string): string {
  switch (family) {
    case 'lfi':
    case 'xxe':
      return fileIn(text);
    case 'ssrf':
      return text.split(/\s/, 1)[0]?.slice(0, 300) ?? '';
    case 'rce':
      return (/(?:[;|&`\n]|\$\()\s*([^;|&`\n)]{1,200})/.exec(text)?.[1] ?? text).trim().slice(0, 200);
    default:
      return '';
  }
}

/** `..\..//etc/./passwd%00.png` asks for `/etc/passwd`. */
function fileIn(text: string): string {
  const plain = text
    .slice(0, 1_000)
    .replaceAll('\\', '/')
    .replace(/\0.*$/s, '')
    .replace(/^[\s\S]*?(?:system|public)\s+["']/i, '')
    .replace(/["'>][\s\S]*$/, '')
    .replace(/^file:\/\//i, '')
    .replace(/^php:\/\/filter\/.*?resource=/i, '');
  const climbed = plain.replace(/^.*(?:\.\.+\/+)+(?:\.\/)*/s, '/');
  return climbed.replace(/\/(?:\.?\/)+/g, '/').slice(0, 300);
}
