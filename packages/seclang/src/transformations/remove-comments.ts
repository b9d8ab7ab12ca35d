const TOUCHED = /\/\*|<!--|--|#/;
const OPENING = /\/\*|<!--|--|#/g;
const CLOSING = /\*\/|-->/g;

/**
 * Removes SQL and HTML comments; `--` and `#` cut the rest. A comment that is not closed leaves a blank, one that closes
 * with the value leaves a NUL, both as the reference does.
 */
export function removeComments(value: string): string {
  if (!TOUCHED.test(value)) return value;
  let out = '';
  let at = 0;
  for (;;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(value);
    if (opening === null) return out + value.slice(at);
    out += value.slice(at, opening.index);
    if (opening[0] === '--' || opening[0] === '#') return out;
    CLOSING.lastIndex = opening.index + opening[0].length;
    const closing = CLOSING.exec(value);
    if (closing === null) return `${out} `;
    at = closing.index + closing[0].length;
    if (at >= value.length) return `${out}\0`;
  }
}
