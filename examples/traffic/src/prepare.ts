/** `node prepare.ts --out FILE [--rename SEED]`: makes what one run of the examples shares: secret, canaries, names. */
import { parseArgs } from 'node:util';
import { makeRun, writeRun } from '../../ground/src/run-file.ts';

const { values } = parseArgs({ options: { out: { type: 'string' }, rename: { type: 'string' } } });
const seed = values.rename === undefined ? undefined : Number(values.rename);
if (values.out === undefined || (seed !== undefined && !Number.isSafeInteger(seed))) {
  process.stderr.write('usage: node prepare.ts --out FILE [--rename SEED]  (SEED is a whole number)\n');
  process.exitCode = 2;
} else {
  writeRun(values.out, makeRun(seed));
}
