// Script in which a value is pasted inside a string: the first quote must be followed by what joins or ends an expression, then by a call or
// a name that reaches the page. `'Hello ' + name` does not begin with its closing quote, so code that people write passes.

const REACHES =
  /^(?:\(*\s*)*(?:new\s+|void\s+|typeof\s+|delete\s+|await\s+|throw\s+)*(?:\(+)?(?:(?:window|globalThis|document)\b\s*(?:\.|\[|\?\.)|(?:self|top|parent|frames|this)\b\s*\[|(?:alert|prompt|confirm|eval|Function|setTimeout|setInterval|fetch|importScripts|import|print|atob|execScript)\b\s*(?:\(|`|\.call|\.apply)|(?:location|onerror|name)\s*=[^=]|location\s*(?:\.|\[)|(?:\[\]|"")\s*\[|constructor\b|\w+\s*=\s*(?:alert|eval|prompt|confirm)\b)/;

const JOINS = /^(?:\s|\)|\}|\])*(?:;|\+|-|\*|\/|%|,|\|\|?|&&?|\^|[<>]=?|={2,3}|!={1,2}|\?|:|in\s|instanceof\s|\n)/;

export function scriptBreakOut(value: string): { span: readonly [number, number]; quote: string } | undefined {
  for (const quote of ["'", '"', '`']) {
    const at = value.indexOf(quote);
    if (at < 0) continue;
    const after = value.slice(at + 1, at + 513);
    const joins = JOINS.exec(after);
    if (joins === null) continue;
    let rest = after.slice(joins[0].length).replace(/^[\s;+\-~!(,]+/, '');
    rest = rest.slice(0, 256);
    if (REACHES.test(rest)) return { span: [at, Math.min(value.length, at + 1 + after.length)], quote };
  }
  if (!value.includes('${')) return undefined;
  const template = /^[^`]{0,512}?\$\{\s*(?:alert|prompt|confirm|eval|fetch|Function|import)\s*[(`]/.exec(value);
  return template === null ? undefined : { span: [0, template[0].length], quote: '`' };
}
