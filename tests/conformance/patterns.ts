import { openDoor } from './suites/door.ts';
import { crs4 } from './suites/obtain.ts';
import { runPatterns } from './suites/patterns.ts';

await openDoor({
  suite: 'patterns',
  options: { rules: 'folder of other rules', texts: 'file whose lines are matched too' },
  async run({ rules, texts }, report) {
    runPatterns({ rules: rules ?? (await crs4()).rules, texts }, report);
  },
});
