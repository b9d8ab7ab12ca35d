import { compilePattern } from '../regex/index.ts';

/** What a rule is known by, before and after it is compiled. */
export interface RuleNames {
  readonly id: number;
  readonly tags: readonly { readonly text: string }[];
  readonly message: { readonly text: string } | undefined;
}

export type RuleQuery = (rule: RuleNames) => boolean;

/** `942100`, `942100-942199`, several separated by space or comma. Undefined = not such a list. */
export function rulesById(text: string): RuleQuery | undefined {
  const ranges: [number, number][] = [];
  for (const piece of text.trim().split(/[\s,]+/)) {
    const match = /^"?(\d+)(?:-(\d+))?"?$/.exec(piece);
    if (match === null) return undefined;
    ranges.push([Number(match[1]), Number(match[2] ?? match[1])]);
  }
  return (rule) => ranges.some(([from, to]) => rule.id >= from && rule.id <= to);
}

/** A pattern found in one of the rule's tags. Throws a Fault when it is none. */
export function rulesByTag(pattern: string): RuleQuery {
  const compiled = compilePattern(pattern, {});
  return (rule) => rule.tags.some((tag) => compiled.test(tag.text));
}

export function rulesByMessage(pattern: string): RuleQuery {
  const compiled = compilePattern(pattern, {});
  return (rule) => rule.message !== undefined && compiled.test(rule.message.text);
}
