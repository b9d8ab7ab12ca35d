import type { Account } from './fake-rows.ts';

// What `UNION SELECT …` would show: literals and concatenations as they are (tools look for their own markers), columns and
// inner queries as fields of made-up accounts.

const MAX_DEPTH = 8;
const MAX_COLUMNS = 64;

/** Splits outside of brackets and quotes; undefined when they do not close. */
function splitAt(text: string, separator: ',' | '||'): readonly string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (depth === 0 && parts.length < MAX_COLUMNS && text.startsWith(separator, i)) {
      parts.push(text.slice(from, i).trim());
      from = i + separator.length;
    }
    if (depth < 0) return undefined;
  }
  if (depth !== 0 || quote !== '') return undefined;
  return [...parts, text.slice(from).trim()];
}

export function splitColumns(text: string): readonly string[] | undefined {
  return splitAt(text, ',');
}

/** The value of one column for one account. */
export function showColumn(expression: string, account: Account, depth = 0): string {
  const text = expression
    .trim()
    .slice(0, 400)
    .replace(/^select\s+/i, '');
  if (depth > MAX_DEPTH || text === '' || /^null$/i.test(text)) return '';
  const joined = splitAt(text, '||') ?? [];
  if (joined.length > 1) return joined.map((part) => showColumn(part, account, depth + 1)).join('');
  if (/^'[^']*'$|^"[^"]*"$/.test(text)) return text.slice(1, -1);
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  if (/^0x(?:[0-9a-f]{2})+$/i.test(text)) return fromHex(text.slice(2));
  const choice = /^case\s+when\s+([^]{1,300}?)\s+then\s+([^]{1,60}?)\s+else\s+([^]{1,60}?)\s+end$/i.exec(text);
  if (choice) return showColumn(isTrue(choice[1] ?? '') ? (choice[2] ?? '') : (choice[3] ?? ''), account, depth + 1);
  const call = /^(\w+)\s*\(([^]*)\)$/.exec(text);
  if (call) return showCall((call[1] ?? '').toLowerCase(), call[2] ?? '', account, depth);
  if (/^\([^]*\)$/.test(text)) return showColumn(text.slice(1, -1), account, depth + 1);
  return showName(text.toLowerCase(), account);
}

const fromHex = (hex: string): string =>
  (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');

function showCall(name: string, inside: string, account: Account, depth: number): string {
  const parts = splitColumns(inside) ?? [];
  const shown = (part: string | undefined): string => showColumn(part ?? '', account, depth + 1);
  switch (name) {
    case 'concat':
      return parts.map(shown).join('');
    case 'char':
    case 'chr':
      return parts.map((part) => String.fromCharCode(Number(part) & 0x7f)).join('');
    case 'cast':
      return shown(inside.replace(/\s+as\s+[\w() ]+$/i, ''));
    case 'coalesce':
    case 'ifnull':
    case 'isnull':
    case 'group_concat':
    case 'upper':
    case 'lower':
    case 'hex':
      return shown(parts[0]);
    case 'count':
      return '8';
    case 'version':
    case 'sqlite_version':
      return '3.40.1';
    case 'user':
    case 'current_user':
    case 'system_user':
      return 'app@localhost';
    case 'database':
    case 'schema':
      return 'app';
    default:
      return shown(parts[0]);
  }
}

/** The database pretends to be SQLite: only its own functions are known to it. */
function isTrue(condition: string): boolean {
  const plain = condition.replace(/^\((.*)\)$/s, '$1').trim();
  const numbers = /^(\d{1,12})\s*=\s*(\d{1,12})$/.exec(plain);
  if (numbers) return Number(numbers[1]) === Number(numbers[2]);
  return /^(?:last_insert_rowid|sqlite_version)\(\)\s*=|^randomblob\(-?\d+\)\s+is\s+not\s+null/i.test(plain);
}

function showName(name: string, account: Account): string {
  if (/pass|pwd|hash|secret/.test(name)) return account.hash;
  if (/mail/.test(name)) return account.email;
  if (/^(?:\w+\.)?id$/.test(name)) return String(account.id);
  if (/table_name/.test(name)) return 'users';
  if (/column_name/.test(name)) return 'password';
  return account.user;
}
