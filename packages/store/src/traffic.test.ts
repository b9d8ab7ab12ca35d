import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sampleTraffic, T0 } from './samples.ts';
import { TRAFFIC_CASES } from './traffic-cases.ts';
import { openTraffic } from './traffic-client.ts';

const OPTIONS = { sliceSeconds: 3600, memoryLimit: '128MB', threads: 1 };
let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-traffic-'));
});
after(() => rmSync(folder, { recursive: true }));

assert.equal(Object.keys(TRAFFIC_CASES).length, 11);

for (const driver of ['duckdb', 'sqlite'] as const) {
  describe(`traffic in ${driver}`, () => {
    let count = 0;
    for (const [name, run] of Object.entries(TRAFFIC_CASES)) {
      test(name, async () => {
        const handle = await openTraffic({ ...OPTIONS, driver, folder: join(folder, `${driver}-${count++}`) });
        try {
          assert.equal(handle.driver, driver);
          await run(handle.traffic);
        } finally {
          await handle.close();
        }
      });
    }

    test('rows are there after opening again', async () => {
      const options = { ...OPTIONS, driver, folder: join(folder, `${driver}-again`) };
      const first = await openTraffic(options);
      await first.traffic.append([sampleTraffic(1, T0)]);
      await first.close();
      const second = await openTraffic(options);
      assert.equal(await second.traffic.append([sampleTraffic(1, T0), sampleTraffic(2, T0)]), 1);
      await second.close();
    });
  });
}

test('a damaged DuckDB slice is put aside, named and counted, and does not stop the start', async () => {
  const options = { ...OPTIONS, driver: 'duckdb' as const, folder: join(folder, 'damaged') };
  const first = await openTraffic(options);
  await first.traffic.append([sampleTraffic(1, T0), sampleTraffic(2, T0 + 3_600_000_000)]);
  await first.close();
  const [file] = readdirSync(options.folder).filter((name) => name.endsWith('.duckdb'));
  assert.ok(file);
  writeFileSync(join(options.folder, file), 'this is no database '.repeat(1000));
  const second = await openTraffic(options);
  const size = await second.traffic.size();
  assert.deepEqual([size.setAside, size.rows, size.slices], [1, 1, 1]);
  assert.match(second.messages[0] ?? '', /put aside/);
  await second.close();
});
