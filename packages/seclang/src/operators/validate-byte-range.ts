import { operatorFault } from './faults.ts';
import type { OperatorFactory } from './operator.ts';
import { bytesWhere } from './requires.ts';

/** @validateByteRange: a hit is a byte outside the listed numbers and ranges, e.g. `9,10,13,32-126`. */
export const validateByteRange: OperatorFactory = ({ argument }) => {
  const allowed = new Uint8Array(256);
  if (argument.constant === undefined) throw invalid('a macro cannot stand in a list of ranges');
  for (const part of argument.constant.split(',')) {
    const text = part.trim();
    if (text === '') continue;
    const range = /^([0-9]{1,3})(?:[ \t]*-[ \t]*([0-9]{1,3}))?$/.exec(text);
    const from = Number(range?.[1] ?? 256);
    const to = Number(range?.[2] ?? from);
    if (to > 255 || from > to) throw invalid(`"${text.slice(0, 64)}" is no range within 0-255`);
    allowed.fill(1, from, to + 1);
  }
  return {
    requires: { clauses: [{ kind: 'bytes', bytes: bytesWhere((byte) => allowed[byte] !== 1) }], minLength: 1 },
    evaluate(value, run) {
      run.work.spend(value.length);
      for (let at = 0; at < value.length; at++) {
        const byte = value.charCodeAt(at);
        if (allowed[byte] !== 1) return { span: [at, at + 1], detail: `byte ${byte}` };
      }
      return null;
    },
  };
};

function invalid(reason: string) {
  return operatorFault('seclang.operator-argument', { operator: 'validateByteRange', reason });
}
