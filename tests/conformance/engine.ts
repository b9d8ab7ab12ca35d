import { runEngine } from './suites/engine.ts';
import { openDoor } from './suites/door.ts';
import { engineCases } from './suites/obtain.ts';

await openDoor({
  suite: 'engine',
  options: {
    data: 'folder of other cases',
    only: 'a pattern: cases whose name it matches',
    log: 'any text: print the log of each case',
  },
  async run({ data, only, log }, report) {
    runEngine(data ?? (await engineCases()), { only, showLog: log !== undefined }, report);
  },
});
