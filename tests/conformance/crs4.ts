import { runCrs } from './suites/crs.ts';
import { openDoor } from './suites/door.ts';
import { crs4 } from './suites/obtain.ts';

await openDoor({
  suite: 'crs4',
  options: {
    rules: 'folder of other rules',
    tests: 'folder of other tests',
    only: 'the tests of one rule, or one test',
  },
  async run({ rules, tests, only }, report) {
    const pinned = rules !== undefined && tests !== undefined ? { rules, tests } : await crs4();
    runCrs({ rules: rules ?? pinned.rules, tests: tests ?? pinned.tests, only }, report);
  },
});
