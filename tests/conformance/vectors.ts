import { openDoor } from './suites/door.ts';
import { vectors } from './suites/obtain.ts';
import { runVectors } from './suites/vectors.ts';

await openDoor({
  suite: 'vectors',
  options: { data: 'folder of other vectors' },
  async run({ data }, report) {
    runVectors(data ?? (await vectors()), report);
  },
});
