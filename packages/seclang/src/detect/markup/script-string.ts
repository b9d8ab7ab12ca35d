// Script in which a value is pasted inside a string: the first quote must be followed by what joins or ends an expression, then by a call or
// a name that reaches the page. `'Hello ' + name` does not begin with its closing quote, so code that people write passes.

const REACHES_OTHERWISE =
  /^(?:\(?(?:alert|prompt|confirm|eval)\)?\s*(?:\?\.)?\s*[(`]|(?:self|top|parent|frames|this)\s*(?:\?\.|\.)\s*(?:alert|prompt|confirm|eval|location|document|name|fetch|open)\b|new\s+(?:Image|Function|XMLHttpRequest|WebSocket|Worker|EventSource)\b|\[\]\s*(?:\.|\?\.)\s*[a-z]+\s*(?:\.|\[|\())/;

/** Inside a template only what calls or assigns: `${document.title}` is what programs write. */
const RUNS_IN_TEMPLATE =
  /^\(*(?:throw\s+)?(?:(?:alert|prompt|confirm|eval|fetch|Function|import|setTimeout|setInterval|execScript)\)?\s*[(`]|(?:(?:window|self|top|parent|frames|globalThis|this)\s*(?:\?\.|\.)?\s*)?(?:\[[^\]]{1,60}\]\s*[(`]|(?:document\.)?(?:location(?:\.href)?|onerror|cookie)\s*=[^=]|(?:alert|prompt|confirm|eval)\s*(?:\?\.)?\s*[(`])|document\.write(?:ln)?\s*[(`]|new\s+(?:Image|Function|XMLHttpRequest|WebSocket|Worker)\b|\[\]\s*(?:\.\s*constructor|\[))/;

const REACHES =
  /^(?:\(*\s*)*(?:new\s+|void\s+|typeof\s+|delete\s+|await\s+|throw\s+)*(?:\(+)?(?:(?:window|globalThis|document)\b\s*(?:\.|\[|\?\.)|(?:self|top|parent|frames|this)\b\s*\[|(?:alert|prompt|confirm|eval|Function|setTimeout|setInterval|fetch|importScripts|import|print|atob|execScript)\b\s*(?:\(|`|\.call|\.apply)|(?:location|onerror)\s*=[^=]|name\s*=\s*[^=\s`]\S*[(.]|location\s*(?:\.|\[)|(?:\[\]|"")\s*\[|constructor\b|\w+\s*=\s*(?:alert|eval|prompt|confirm)\b)/;

const JOINS = /^(?:\s|\)|\}|\])*(?:;|\+|-|\*|\/|%|,|\|\|?|&&?|\^|[<>]=?|={2,3}|!={1,2}|\?|:|in\s|instanceof\s|\n)/;

export function scriptBreakOut(value: string): { span: readonly [number, number]; quote: string } | undefined {
  for (const quote of ["'", '"', '`']) {
    const at = value.indexOf(quote);
    if (at < 0) continue;
    // Markdown writes code between back-ticks that stand apart from the words around them.
    if (quote === '`' && at > 0 && /[\s([*_>|:`]/.test(value[at - 1] ?? '') && value.indexOf('`', at + 1) > 0) continue;
    const after = value.slice(at + 1, at + 513);
    const joins = JOINS.exec(after);
    if (joins === null) continue;
    let rest = after.slice(joins[0].length).replace(/^[\s;+\-~!(,]+/, '');
    rest = rest.slice(0, 256);
    if (REACHES.test(rest) || REACHES_OTHERWISE.test(rest))
      return { span: [at, Math.min(value.length, at + 1 + after.length)], quote };
  }
  if (!value.includes('${')) return undefined;
  const opens = value.indexOf('${');
  const quote = value.indexOf('`');
  // A back-tick before it closes the template or opens one that the text quotes.
  if (opens > 512 || (quote >= 0 && quote < opens)) return undefined;
  const code = value.slice(opens + 2, opens + 258).trimStart();
  return RUNS_IN_TEMPLATE.test(code) ? { span: [opens, Math.min(value.length, opens + 258)], quote: '${' } : undefined;
}
