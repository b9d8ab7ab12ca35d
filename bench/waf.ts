// npm run bench -- waf [--json] [--paranoia 1,2] [--mix varied,repeated,attack] [--bodies off,on] [--only seawall,coraza,…] [--rounds N] [--seconds N]:
// CPU a request of Seawall's gateway, nginx with ModSecurity v3, and a Go proxy with Coraza, with the same CRS 4.25, through real sockets. Each has core 0
// when its turn comes; wrk and the backend have core 1. Proxies and mixes take turns in rounds, so that whatever else the machine does hits all alike.
import { parseArgs } from 'node:util';
import { EXIT } from '@seawall/faults';
import { Unobtainable } from '../tests/conformance/suites/unobtainable.ts';
import { DEFAULTS, type Options, readOptions } from './waf/options.ts';
import { runAll } from './waf/run.ts';
import { rowOf, tableOf } from './waf/rows.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    paranoia: { type: 'string' },
    mix: { type: 'string' },
    bodies: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
});

let options: Options;
try {
  options = readOptions(values, DEFAULTS);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(EXIT.usage);
}

// Everything that was started is ended first.
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error(`ended by ${signal}`)));

try {
  const measured = await runAll(options, { say: (text) => console.error(text), signal: ending.signal });
  if (values.json === true) {
    for (const row of measured.map(rowOf)) if (row !== undefined) console.log(JSON.stringify(row));
  } else console.log(`\n${tableOf(measured)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof Unobtainable ? EXIT.unreachable : EXIT.findings;
}
