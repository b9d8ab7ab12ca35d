import type { Position, SelectorNode, TargetNode } from './ast.ts';
import type { Complaints } from './complaints.ts';

/** `ARGS|!ARGS:q|&TX.x|REQUEST_COOKIES:/^_ga/|XML:/*`. A `|` inside `/…/` or `'…'` does not separate. */
export function parseTargets(text: string, locate: (index: number) => Position, complaints: Complaints): TargetNode[] {
  const targets: TargetNode[] = [];
  let index = 0;
  while (index <= text.length) {
    const end = targetEnd(text, index);
    const target = parseTarget(text.slice(index, end), locate(index));
    if (target === undefined) {
      complaints.error({
        code: 'empty-target',
        at: locate(index),
        text: 'a variable is missing here',
        hint: 'write variables as NAME or NAME:selector, separated by |',
      });
    } else {
      targets.push(target);
    }
    index = end + 1;
  }
  return targets;
}

function targetEnd(text: string, start: number): number {
  const name = /[!&\s]*\w+[:.]/y;
  name.lastIndex = start;
  const head = name.exec(text);
  let index = head === null ? start : name.lastIndex;
  if (head !== null && !/^[!&\s]*XML[:.]/i.test(head[0])) {
    const quoted = text[index] === "'";
    const from = quoted ? index + 1 : index;
    if (text[from] === '/') {
      const close = patternEnd(text, from, quoted);
      if (close !== undefined) index = close;
    } else if (quoted) {
      const close = text.indexOf("'", from);
      if (close !== -1) index = close;
    }
  }
  const bar = text.indexOf('|', index);
  return bar === -1 ? text.length : bar;
}

/** The closing slash is the first unescaped one that ends the target. */
function patternEnd(text: string, start: number, quoted: boolean): number | undefined {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') {
      index++;
    } else if (text[index] === '/') {
      const after = quoted && text[index + 1] === "'" ? index + 2 : index + 1;
      if (after >= text.length || text[after] === '|') return index + 1;
    }
  }
  return undefined;
}

export function parseTarget(text: string, at: TargetNode['at']): TargetNode | undefined {
  const match = /^\s*([!&]*)\s*([A-Za-z_][\w]*)(?:[:.]([^]*))?$/.exec(text.trimEnd());
  if (match === null) return undefined;
  const marks = match[1] ?? '';
  const name = (match[2] ?? '').toUpperCase();
  return {
    at,
    name,
    count: marks.includes('&'),
    exclude: marks.includes('!'),
    selector: parseSelector(name, match[3]),
    text: text.trim(),
  };
}

function parseSelector(name: string, text: string | undefined): SelectorNode {
  if (text === undefined || text === '') return { kind: 'all' };
  const bare = /^'([^]*)'$/.exec(text)?.[1] ?? text;
  if (name === 'XML') return { kind: 'key', key: bare };
  const pattern = /^\/([^]*)\/$/.exec(bare)?.[1];
  return pattern === undefined ? { kind: 'key', key: bare } : { kind: 'pattern', pattern };
}
