import { runBlockingOverSocket } from './suites/blocking-socket.ts';
import { runCrs } from './suites/crs.ts';
import { openDoor } from './suites/door.ts';
import { crs33, crs4 } from './suites/obtain.ts';

await openDoor({
  suite: 'blocking',
  options: {
    level: 'only this paranoia level, 1 to 4',
    only: 'the tests of one rule, or one test',
    crs: 'only 4 or 33',
  },
  flags: { 'in-process': 'the engine alone, without gateway and sockets' },
  async run({ level, only, crs, 'in-process': inProcess }, report) {
    const levels = [1, 2, 3, 4].filter((each) => level === undefined || String(each) === level);
    const places = [...(crs === '33' ? [] : [await crs4()]), ...(crs === '4' ? [] : [await crs33()])];
    for (const place of places) {
      for (const each of levels) {
        if (inProcess === undefined) await runBlockingOverSocket({ ...place, only, level: each }, report);
        else runCrs({ ...place, only, blocking: each }, report);
      }
    }
  },
});
