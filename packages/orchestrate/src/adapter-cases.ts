import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Workload } from '@seawall/contract';
import { EXPECTED_STATE, type Adapter, type WorkloadAction } from './adapter.ts';

/** What a world must offer to be tested: two running workloads of one service, and a way to see that one really works. */
export interface World {
  readonly adapter: Adapter;
  readonly workload: Workload;
  readonly other: Workload;
  /**
   * True when the workload was seen doing its work within a moment (answers, counts …), by other means than the adapter's.
   * On a busy machine a workload that is well may do nothing for that long; one that is stopped never does anything.
   */
  works(workload: Workload): Promise<boolean>;
  close(): Promise<void>;
}

const ALL: readonly WorkloadAction[] = ['restart', 'pause', 'stop', 'quarantine'];

/**
 * The cases that every adapter passes. `impossible` names what the orchestrator cannot do; the adapter must not declare
 * it, and everything else it must: an undeclared gap fails here.
 */
export function adapterCases(name: string, make: () => Promise<World>, impossible: readonly WorkloadAction[]): void {
  test(`${name}: capabilities are declared`, async () => {
    await inWorld(make, async ({ adapter }) => {
      assert.deepEqual(
        [...adapter.capabilities].toSorted(),
        ALL.filter((action) => !impossible.includes(action)).toSorted(),
      );
    });
  });

  test(`${name}: inventory names both workloads as running`, async () => {
    await inWorld(make, async ({ adapter, workload, other }) => {
      const items = await adapter.inventory();
      for (const { workload: wanted, service } of [workload, other]) {
        const item = items.find((candidate) => candidate.workload.workload === wanted);
        assert.equal(item?.state, 'running');
        assert.equal(item?.workload.service, service);
        assert.equal(item?.adapter, adapter.name);
      }
    });
  });

  for (const action of ALL.filter((candidate) => candidate !== 'restart' && !impossible.includes(candidate))) {
    test(`${name}: ${action} and undo`, async () => {
      await inWorld(make, async ({ adapter, workload, other, works }) => {
        assert.equal(await eventually(() => works(workload)), true, 'works before');
        const remembered = await adapter.prepare(action, workload);
        await adapter.act(action, workload, remembered);
        assert.equal(await settled(adapter, workload, EXPECTED_STATE[action]), EXPECTED_STATE[action]);
        assert.equal(await works(workload), false, 'does not work any more');
        assert.equal(await eventually(() => works(other)), true, 'its neighbour is untouched');
        await adapter.act(action, workload, remembered);
        assert.equal(await adapter.observe(workload), EXPECTED_STATE[action], 'doing it twice changes nothing');
        // What is remembered crosses a restart of the responder as JSON.
        await adapter.undo(action, workload, JSON.parse(JSON.stringify(remembered)) as typeof remembered);
        assert.equal(await settled(adapter, workload, 'running'), 'running');
        assert.equal(await eventually(() => works(workload)), true, 'works again');
      });
    });
  }

  if (!impossible.includes('restart')) {
    test(`${name}: restart gives a fresh instance`, async () => {
      await inWorld(make, async ({ adapter, workload, works }) => {
        const before = await startedOf(adapter, workload);
        const remembered = await adapter.prepare('restart', workload);
        await adapter.act('restart', workload, remembered);
        assert.equal(await settled(adapter, workload, 'running'), 'running');
        assert.equal(await eventually(() => works(workload)), true);
        assert.notEqual(await startedOf(adapter, workload), before);
      });
    });
  }

  test(`${name}: an unknown workload is refused by name`, async () => {
    await inWorld(make, async ({ adapter, workload }) => {
      const unknown = { ...workload, workload: 'no-such-workload' };
      assert.equal(await adapter.observe(unknown), 'gone');
      await assert.rejects(adapter.prepare('pause', unknown), {
        code: 'orchestrate.unknown-workload',
        message: /no-such-workload/,
      });
    });
  });

  test(`${name}: changes are told`, async () => {
    await inWorld(make, async ({ adapter, workload }) => {
      let told = 0;
      const watcher = adapter.watch(() => told++);
      try {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const remembered = await adapter.prepare('pause', workload);
        await adapter.act('pause', workload, remembered);
        assert.equal(await eventually(async () => told > 0), true);
        await adapter.undo('pause', workload, remembered);
      } finally {
        watcher.close();
      }
    });
  });
}

async function inWorld(make: () => Promise<World>, run: (world: World) => Promise<void>): Promise<void> {
  const world = await make();
  try {
    await run(world);
  } finally {
    await world.close();
  }
}

async function startedOf(adapter: Adapter, { workload }: Workload): Promise<number | undefined> {
  return (await adapter.inventory()).find((item) => item.workload.workload === workload)?.startedMicros;
}

async function settled(adapter: Adapter, workload: Workload, wanted: string): Promise<string> {
  await eventually(async () => (await adapter.observe(workload)) === wanted);
  return await adapter.observe(workload);
}

async function eventually(look: () => Promise<boolean>): Promise<boolean> {
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    if (await look()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
