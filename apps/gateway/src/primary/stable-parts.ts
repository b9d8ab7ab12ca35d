import type { PolicyBundle, PolicyParts } from '@seawall/contract';

/**
 * Keeps the objects of parts that did not change, so that identity says what changed: an order must not make every
 * worker compile the rules again.
 */
export function stableParts(incoming: PolicyBundle, before: PolicyBundle | undefined): PolicyBundle {
  if (before === undefined) return incoming;
  const parts: PolicyParts = { ...incoming.parts };
  keep('routes', parts, before.parts);
  keep('rules', parts, before.parts);
  keep('orders', parts, before.parts);
  keep('decoy', parts, before.parts);
  keep('likeness', parts, before.parts);
  return { ...incoming, parts };
}

function keep<K extends keyof PolicyParts>(name: K, parts: PolicyParts, before: PolicyParts): void {
  if (parts[name] === before[name] || JSON.stringify(parts[name]) === JSON.stringify(before[name])) {
    parts[name] = before[name];
  }
}
