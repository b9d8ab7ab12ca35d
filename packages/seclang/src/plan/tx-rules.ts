import type { Template } from '../compile/template.ts';
import type { Variable } from '../variables/variable.ts';
import type { CompiledLink, CompiledRule } from '../compile/program.ts';
import { digitOf } from '../transaction/tx.ts';

// Which rules concern nothing but TX: paranoia levels, thresholds, defaults. What they do depends on no message, only on what
// other rules wrote to TX before.

/** The names of TX that a rule reads and writes, when it touches nothing else. */
export interface TxUse {
  readonly reads: ReadonlySet<string>;
  readonly writes: readonly string[];
}

/** Undefined = the rule looks at a message, or may do more than assign constants of TX. */
export function txUse(rule: CompiledRule): TxUse | undefined {
  const reads = new Set<string>();
  const writes: string[] = [];
  for (const link of rule.links) {
    if (link.capture || !readsOnlyTx(link, reads) || !writesOnlyTx(link, reads, writes)) return undefined;
  }
  return { reads, writes };
}

/** The names of TX that decide whether the first link matches; undefined = other things decide too. */
export function headReads({ links }: CompiledRule): ReadonlySet<string> | undefined {
  const reads = new Set<string>();
  const head = links[0];
  return head?.operator !== undefined && readsOnlyTx(head, reads) ? reads : undefined;
}

function readsOnlyTx(link: CompiledLink, reads: Set<string>): boolean {
  if (link.operator === undefined) return true;
  for (const { variable, selector, exclusions } of link.targets) {
    if (variable.name !== 'TX' || selector.kind !== 'key' || exclusions.length > 0) return false;
    if (digitOf(selector.lowerKey) >= 0) return false;
    reads.add(selector.lowerKey);
  }
  return link.argument === undefined || macrosAreTx(link.argument, reads);
}

function writesOnlyTx(link: CompiledLink, reads: Set<string>, writes: string[]): boolean {
  for (const { assigns } of link.effects) {
    const name = assigns?.name.constant?.toLowerCase();
    if (assigns === undefined || name === undefined || digitOf(name) >= 0) return false;
    if (!macrosAreTx(assigns.value, reads)) return false;
    writes.push(name);
    // An increment reads what it adds to.
    reads.add(name);
  }
  return true;
}

/** Adds the names; false when a macro names anything but a member of TX that is no capture. */
export function macrosAreTx(template: Template, reads: Set<string>): boolean {
  for (const { variable, lowerKey } of template.references) {
    if (variable?.name !== 'TX' || lowerKey === undefined || digitOf(lowerKey) >= 0) return false;
    reads.add(lowerKey);
  }
  return true;
}

/** The members of TX that stand in the argument of a link's operator. */
export function macroNames({ argument }: CompiledLink): string[] {
  return (argument?.references ?? []).flatMap(({ variable, lowerKey }) =>
    variable?.name === 'TX' && lowerKey !== undefined ? [lowerKey] : [],
  );
}

/** Before anything of its own matched, the rule looks at what an earlier rule matched: then every rule before it must have run. */
export function looksBack(rule: CompiledRule): boolean {
  for (const { operator, targets, argument, effects } of rule.links) {
    if (operator !== undefined)
      return targets.some(({ variable }) => isLastMatch(variable)) || namesLastMatch(argument);
    if (effects.some(({ text }) => text !== undefined && /MATCHED_VAR/i.test(text))) return true;
  }
  const { message, logdata, tags, disruption } = rule;
  const location = disruption.kind === 'redirect' ? disruption.location : undefined;
  return [message, logdata, location, ...tags, ...rule.links.flatMap((link) => [link.message, link.logdata])].some(
    namesLastMatch,
  );
}

function namesLastMatch(template: Template | undefined): boolean {
  return template?.references.some(({ variable }) => isLastMatch(variable)) === true;
}

function isLastMatch(variable: Variable | undefined): boolean {
  return variable?.name === 'MATCHED_VAR' || variable?.name === 'MATCHED_VAR_NAME';
}
