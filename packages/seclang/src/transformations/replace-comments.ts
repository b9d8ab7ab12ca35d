/** Each C comment becomes a blank; one that is not closed takes the rest of the value. */
export function replaceComments(value: string): string {
  let open = value.indexOf('/*');
  if (open < 0) return value;
  let out = '';
  let at = 0;
  while (open >= 0) {
    out += `${value.slice(at, open)} `;
    const close = value.indexOf('*/', open + 2);
    if (close < 0) return out;
    at = close + 2;
    open = value.indexOf('/*', at);
  }
  return out + value.slice(at);
}
