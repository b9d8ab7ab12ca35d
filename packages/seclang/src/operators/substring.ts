// Linear search also for texts an attacker chose on both sides (macros): V8's indexOf compares up to the whole needle at
// each place, so a long repetitive needle would cost needle times value.

const SHORT_NEEDLE = 64;

/** Like `indexOf`, in time linear in both lengths. */
export function findSubstring(value: string, needle: string, from = 0): number {
  if (needle.length <= SHORT_NEEDLE || value.length <= SHORT_NEEDLE) return value.indexOf(needle, from);
  const next = searchAll(value, needle, from).next();
  return next.done === true ? -1 : next.value;
}

/** Every place, overlapping ones included (Knuth, Morris, Pratt). The needle is not empty. */
export function* searchAll(value: string, needle: string, from = 0): Generator<number, void> {
  const borders = bordersOf(needle);
  let matched = 0;
  for (let at = from; at < value.length; at++) {
    const code = value.charCodeAt(at);
    while (matched > 0 && needle.charCodeAt(matched) !== code) matched = borders[matched - 1] ?? 0;
    if (needle.charCodeAt(matched) === code) matched++;
    if (matched === needle.length) {
      yield at + 1 - matched;
      matched = borders[matched - 1] ?? 0;
    }
  }
}

/** For each prefix the length of its longest proper border. */
function bordersOf(needle: string): Int32Array {
  const borders = new Int32Array(needle.length);
  let border = 0;
  for (let at = 1; at < needle.length; at++) {
    while (border > 0 && needle.charCodeAt(border) !== needle.charCodeAt(at)) border = borders[border - 1] ?? 0;
    if (needle.charCodeAt(border) === needle.charCodeAt(at)) border++;
    borders[at] = border;
  }
  return borders;
}
