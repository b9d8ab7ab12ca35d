import type { TargetNode } from '../language/ast.ts';
import { XML_ATTRIBUTES, XML_TEXT } from '../body/xml.ts';
import { parseXPath, type XPath } from '../body/xpath.ts';
import { xmlPath } from '../variables/body.ts';
import { VARIABLES } from '../variables/registry.ts';
import type { CompileContext } from './context.ts';
import type { CompiledTarget, Selector } from './program.ts';
import { compileSelector } from './selectors.ts';

/** Exclusions (`!ARGS:x`) belong to the targets of the same variable, wherever they stand in the list. */
export function compileTargets(nodes: readonly TargetNode[], context: CompileContext): CompiledTarget[] {
  const targets: CompiledTarget[] = [];
  const exclusions = new Map<string, Selector[]>();
  for (const node of nodes) {
    if (!node.exclude) continue;
    const selector = checkedSelector(node, context);
    if (selector === undefined) continue;
    const list = exclusions.get(node.name) ?? [];
    list.push(selector);
    exclusions.set(node.name, list);
  }
  for (const node of nodes) {
    if (node.exclude) continue;
    const variable = VARIABLES.get(node.name);
    const selector = checkedSelector(node, context);
    if (variable === undefined || selector === undefined) continue;
    const path = pathOf(node);
    targets.push({
      name: node.name,
      text: node.text,
      ...(path === undefined ? { variable, selector } : { variable: xmlPath(path), selector: { kind: 'all' } }),
      count: node.count,
      exclusions: exclusions.get(node.name) ?? [],
    });
  }
  return targets;
}

/** Rules about them would load and never match. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['WEBSERVER_ERROR_LOG', 'no web server writes one here; findings about the gateway itself are in its own log'],
]);

function checkedSelector(node: TargetNode, context: CompileContext): Selector | undefined {
  const refusal = REFUSED.get(node.name);
  if (refusal !== undefined) {
    context.complaints.error({
      code: 'refused-variable',
      at: node.at,
      text: `${node.name} is not available here`,
      hint: refusal,
    });
    return undefined;
  }
  const variable = VARIABLES.get(node.name);
  if (variable === undefined) {
    context.complaints.unknown('unknown-variable', node.at, 'variable', node.name, VARIABLES.keys());
    return undefined;
  }
  const { selector } = node;
  if (variable.kind === 'single' && selector.kind !== 'all') {
    context.complaints.error({
      code: 'no-collection',
      at: node.at,
      text: `${node.name} is a single value and takes no selector`,
    });
    return undefined;
  }
  if (isOtherPath(node) && pathOf(node) === undefined) {
    context.complaints.error({
      code: 'unsupported-xpath',
      at: node.at,
      text: `the XPath of ${node.text.slice(0, 60)} is not available`,
      hint: `use XML:${XML_TEXT} for all text, XML:${XML_ATTRIBUTES} for all attribute values, or steps like //item[@id='1']/text()`,
    });
    return undefined;
  }
  return context.attempt(node.at, () => compileSelector(selector));
}

/** Another XPath than the two that every XML body is read for. */
function isOtherPath({ name, selector }: TargetNode): boolean {
  return name === 'XML' && selector.kind === 'key' && selector.key !== XML_TEXT && selector.key !== XML_ATTRIBUTES;
}

function pathOf(node: TargetNode): XPath | undefined {
  return node.selector.kind === 'key' && isOtherPath(node) ? parseXPath(node.selector.key) : undefined;
}
