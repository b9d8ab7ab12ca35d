import type { Account } from './fake-rows.ts';

// What `UNION SELECT …` would show: literals and concatenations as they are (tools look for their own markers), columns and
// inner queries as fields of made-up accounts.

const MAX_DEPTH = 8;
const MAX_COLUMNS = 64;

/** Splits at commas outside of brackets and quotes; undefined when they do not close. */
export function splitColumns(text: string): readonly string[] | undefined {
  const columns: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0 && columns.length < MAX_COLUMNS) {
      columns.push(text.slice(from, i).trim());
      from = i + 1;
    }
    if (depth < 0) return undefined;
  }
  if (depth !== 0 || quote !== '') return undefined;
  return [...columns, text.slice(from).trim()];
}

/** The value of one column for one account. */
export function showColumn(expression: string, account: Account, depth = 0): string {
  const text = expression.trim().slice(0, 400);
  if (depth > MAX_DEPTH || text === '' || /^null$/i.test(text)) return '';
  const joined = splitJoined(text);
  if (joined.length > 1) return joined.map((part) => showColumn(part, account, depth + 1)).join('');
  if (/^'[^']*'$|^"[^"]*"$/.test(text)) return text.slice(1, -1);
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  if (/^0x(?:[0-9a-f]{2})+$/i.test(text)) return fromHex(text.slice(2));
  const call = /^(\w+)\s*\(([^]*)\)$/.exec(text);
  if (call) return showCall((call[1] ?? '').toLowerCase(), call[2] ?? '', account, depth);
  if (/^\([^]*\)$/.test(text)) return showColumn(text.slice(1, -1), account, depth + 1);
  return showName(text.toLowerCase(), account);
}

const fromHex = (hex: string): string =>
  (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');

/** Parts of `a||b`, outside of quotes. */
function splitJoined(text: string): readonly string[] {
  return text.includes('||') && !/^\w+\s*\(/.test(text) ? text.split('||').slice(0, MAX_COLUMNS) : [text];
}

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
      return '8.0.36';
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

function showName(name: string, account: Account): string {
  if (name.includes('@@version')) return '8.0.36';
  if (/pass|pwd|hash|secret/.test(name)) return account.hash;
  if (/mail/.test(name)) return account.email;
  if (/^(?:\w+\.)?id$/.test(name)) return String(account.id);
  if (/table_name/.test(name)) return 'users';
  if (/column_name/.test(name)) return 'password';
  return account.user;
}
