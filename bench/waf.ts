// npm run bench -- waf [--json] [--paranoia 1,2] [--mix varied,repeated,attack] [--bodies off,on] [--only seawall,coraza,…] [--rounds N] [--seconds N]:
// CPU a request of Seawall's gateway, nginx with ModSecurity v3, and a Go proxy with Coraza, with the same CRS 4.25, through real sockets. Each has core 0
// when its turn comes; wrk and the backend have core 1. Proxies and mixes take turns in rounds, so that whatever else the machine does hits all alike.
import { EXIT } from '@seawall/faults';
import { Unobtainable } from '../tests/conformance/suites/unobtainable.ts';
import { readArguments } from './arguments.ts';
import { markdownTable, writeSection } from './document.ts';
import { DEFAULTS, type Options, readOptions } from './waf/options.ts';
import { runAll } from './waf/run.ts';
import { BARE, CELL_HEADS, cellsOf, INSPECTING, type Measured, rowOf, tableOf } from './waf/rows.ts';

const { json, texts } = readArguments('waf', {
  paranoia: '1 to 4, e.g. 1,2 (all)',
  mix: 'varied, repeated, attack (all)',
  bodies: 'bodies of answers inspected: off, on (both)',
  only: `which proxies: ${[...INSPECTING, ...BARE].join(', ')} (all)`,
  write: 'a document whose section is replaced, e.g. docs/benchmarks.md',
  rounds: 'how often each is measured (3)',
  seconds: 'of one measurement (10 where the bar counts: paranoia 1, bodies off; else 4)',
});

let options: Options;
try {
  options = readOptions(texts, DEFAULTS);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(EXIT.usage);
}

// Everything that was started is ended first.
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error(`ended by ${signal}`)));

try {
  const measured = await runAll(options, {
    say: (text) => console.error(text),
    onMeasured: print,
    signal: ending.signal,
  });
  if (texts.write !== undefined) {
    const cells = measured.map((one) => cellsOf(one, measured));
    writeSection(texts.write, 'waf', markdownTable(CELL_HEADS, cells));
  }
} catch (thrown) {
  const error: unknown = ending.signal.aborted ? ending.signal.reason : thrown;
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof Unobtainable ? EXIT.unreachable : EXIT.findings;
}

/** As soon as a setting is done: the whole takes long. */
function print(measured: readonly Measured[]): void {
  if (!json) return console.log(`\n${tableOf(measured)}\n`);
  for (const row of measured.map(rowOf)) if (row !== undefined) console.log(JSON.stringify(row));
}
