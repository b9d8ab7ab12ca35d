import { runBase } from './suites/base.ts';
import { openDoor } from './suites/door.ts';
import { crs4 } from './suites/obtain.ts';

await openDoor({
  suite: 'base',
  bar: false,
  options: { tests: 'folder of other tests', only: 'tests whose name begins so' },
  async run({ tests, only }, report) {
    runBase({ tests: tests ?? (await crs4()).tests, only }, report);
  },
});
