import { decodeUtf8At } from '../transformations/utf8.ts';
import type { OperatorFactory } from './operator.ts';
import { bytesWhere } from './requires.ts';

/** A hit is the first byte that RFC 3629 forbids: broken, overlong, surrogate or beyond U+10FFFF. */
export const validateUtf8Encoding: OperatorFactory = () => ({
  requires: { clauses: [{ kind: 'bytes', bytes: bytesWhere((byte) => byte >= 0x80) }], minLength: 1 },
  evaluate(value, run) {
    run.work.spend(value.length);
    if (!/[\x80-\xff]/.test(value)) return null;
    for (let at = 0; at < value.length;) {
      const { valid, length } = decodeUtf8At(value, at);
      if (!valid) return { span: [at, at + length], detail: 'invalid UTF-8' };
      at += length;
    }
    return null;
  },
});
