import { runCrs } from './suites/crs.ts';
import { runCrsOverSocket } from './suites/crs-socket.ts';
import { openDoor } from './suites/door.ts';
import { crs4 } from './suites/obtain.ts';

await openDoor({
  suite: 'crs4',
  options: {
    rules: 'folder of other rules',
    tests: 'folder of other tests',
    only: 'the tests of one rule, or one test',
  },
  flags: { 'in-process': 'the engine alone, without gateway and sockets; what needs a server is skipped' },
  maxArgued: 4,
  async run({ rules, tests, only, 'in-process': inProcess }, report) {
    const pinned = rules !== undefined && tests !== undefined ? { rules, tests } : await crs4();
    const run = { rules: rules ?? pinned.rules, tests: tests ?? pinned.tests, only };
    if (inProcess === undefined) await runCrsOverSocket(run, report);
    else runCrs(run, report);
  },
});
