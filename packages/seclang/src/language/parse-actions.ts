import type { ActionNode, Position } from './ast.ts';
import type { Complaints } from './complaints.ts';

/** `id:1,phase:2,msg:'a, b',setvar:'tx.x=+1'`. In single quotes `\'` is a quote. */
export function parseActions(text: string, locate: (index: number) => Position, complaints: Complaints): ActionNode[] {
  const actions: ActionNode[] = [];
  let index = 0;
  while (index < text.length) {
    const skipped = /[\s,]*/y;
    skipped.lastIndex = index;
    skipped.exec(text);
    index = skipped.lastIndex;
    if (index >= text.length) break;
    const at = locate(index);
    const name = /[^\s:,=]+/y;
    name.lastIndex = index;
    const found = name.exec(text)?.[0];
    if (found === undefined) {
      complaints.error({ code: 'bad-action', at, text: `an action's name is expected before "${text[index]}"` });
      return actions;
    }
    index = name.lastIndex;
    const colon = /\s*[:=]\s*/y;
    colon.lastIndex = index;
    if (colon.exec(text) === null) {
      actions.push({ at, name: found, value: undefined });
      continue;
    }
    const value = actionValue(text, colon.lastIndex);
    if (value.end === undefined) {
      complaints.error({
        code: 'unterminated-quote',
        at: locate(colon.lastIndex),
        text: `the value of "${found}" has an opening single quote and no closing one`,
        hint: "write \\' for a quote inside the text",
      });
      return actions;
    }
    actions.push({ at, name: found, value: value.text });
    index = value.end;
  }
  return actions;
}

function actionValue(text: string, start: number): { text: string; end: number | undefined } {
  if (text[start] !== "'") {
    // A quote may stand after a name: `ctl:ruleRemoveTargetById='1;ARGS:a,b'` is quoted whole, `setvar:tx.a='x, y'` in part.
    let inQuotes = false;
    let end = start;
    for (; end < text.length; end++) {
      if (text[end] === "'" && (inQuotes || text[end - 1] === '=' || text[end - 1] === ';')) inQuotes = !inQuotes;
      else if (text[end] === ',' && !inQuotes) break;
    }
    return { text: text.slice(start, end).trim(), end };
  }
  let out = '';
  for (let index = start + 1; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '\\' && text[index + 1] === "'") {
      out += "'";
      index++;
    } else if (character === "'") {
      return { text: out, end: index + 1 };
    } else {
      out += character;
    }
  }
  return { text: out, end: undefined };
}
