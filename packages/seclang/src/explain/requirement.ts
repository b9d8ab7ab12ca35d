import type { Clause, Requirements } from '../regex/index.ts';
import type { Need } from './explanation.ts';

const MAX_SHOWN = 8;

/** Whether a value has what a pattern needs: what it lacks, or undefined. */
export function lackOf(requirements: Requirements, value: string): Clause | 'length' | undefined {
  if (value.length < requirements.minLength) return 'length';
  if (requirements.clauses.length === 0) return undefined;
  // A-Z alone are folded: folding bytes above 127 would make other bytes of them.
  const folded = value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return requirements.clauses.find((clause) => !holds(clause, folded));
}

function holds(clause: Clause, folded: string): boolean {
  if (clause.kind === 'literals') return clause.literals.some((literal) => folded.includes(literal));
  for (let index = 0; index < folded.length; index++) if (clause.bytes[folded.charCodeAt(index)] === 1) return true;
  return false;
}

/** In words for people: the texts or bytes of which one must be there. */
export function needOf(requirements: Requirements, lack: Clause | 'length'): Need {
  const { minLength } = requirements;
  const clause = lack === 'length' ? requirements.clauses[0] : lack;
  if (clause === undefined) return { oneOf: [], more: 0, minLength };
  const all =
    clause.kind === 'literals'
      ? clause.literals
      : Array.from(clause.bytes, (member, byte) => (member === 1 ? String.fromCharCode(byte) : '')).filter(
          (byte) => byte !== '' && !/[A-Z]/.test(byte),
        );
  return { oneOf: all.slice(0, MAX_SHOWN), more: Math.max(0, all.length - MAX_SHOWN), minLength };
}
