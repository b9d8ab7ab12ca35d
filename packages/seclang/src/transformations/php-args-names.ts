/**
 * The name under which PHP registers a parameter: leading blanks go, blanks and dots before the first `[` become `_`,
 * an unclosed `[` becomes `_`, what follows the last index is cut, and a name of nothing but indexes is dropped.
 */
export function phpArgsNames(value: string): string {
  let start = 0;
  while (value.charCodeAt(start) === 0x20) start++;
  const open = value.indexOf('[', start);
  const plain = open < 0 ? value.slice(start) : value.slice(start, open);
  const name = /[ .]/.test(plain) ? plain.replace(/[ .]/g, '_') : plain;
  if (open < 0) return start === 0 && name === plain ? value : name;
  if (value.indexOf(']', open) < 0) return `${name}_${value.slice(open + 1)}`;
  return name === '' ? '' : name + indexes(value, open);
}

function indexes(value: string, open: number): string {
  let out = '';
  let at = open;
  while (value.charCodeAt(at) === 0x5b) {
    const close = value.indexOf(']', at);
    if (close < 0) break;
    const index = value.slice(at + 1, close);
    out += /^[\t-\r ]$/.test(index) ? '[]' : `[${index}]`;
    at = close + 1;
  }
  return out;
}
