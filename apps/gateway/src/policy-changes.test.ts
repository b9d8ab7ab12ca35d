import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ActionId, Order } from '@seawall/contract';
import { newId, nowMicros } from './clock.ts';
import { Bed, routesFor, RULES, serviceOf } from './testing/bed.ts';
import { ask, type Service, startService, statusOf } from './testing/peers.ts';

/** New connections, one after another, until told to stop. */
function steady(bed: Bed): { stop(): Promise<readonly number[]> } {
  const tookMs: number[] = [];
  const load = { over: false };
  const running = (async () => {
    while (!load.over) {
      const started = performance.now();
      assert.equal(statusOf(await ask(bed.port, 'GET /steady?a=b HTTP/1.1')), 200);
      tookMs.push(performance.now() - started);
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  })();
  return {
    stop: async () => {
      load.over = true;
      await running;
      return tookMs.sort((a, b) => a - b);
    },
  };
}

const share = (sorted: readonly number[], part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;

describe('changes of the policy under load', () => {
  const withBed = async (test: (bed: Bed, service: Service) => Promise<void>): Promise<void> => {
    const service = await startService('one');
    const bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [service.port])) } });
    try {
      await test(bed, service);
    } finally {
      await bed.stop();
      await service.close();
    }
  };

  it('takes fifty changes of orders without compiling and without slowing anybody', async () => {
    await withBed(async (bed) => {
      await bed.untilCounter('rules_compiled', 2);
      const quiet = steady(bed);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const before = await quiet.stop();
      const busy = steady(bed);
      for (let i = 1; i <= 50; i++) {
        const order: Order = {
          kind: 'source',
          action: newId<ActionId>(),
          source: { kind: 'address', address: `192.0.2.${i}` },
          what: 'block',
          expiresMicros: nowMicros() + 60_000_000,
        };
        assert.equal(await bed.orders([order]), undefined);
      }
      const during = await busy.stop();
      assert.equal(await bed.counter('rules_compiled'), 2);
      assert.equal(await bed.counter('stepped_aside'), 0);
      const [p99Before, p99During] = [share(before, 0.99), share(during, 0.99)];
      assert.ok(
        p99During < 2 * p99Before + 50,
        `p99 ${p99Before.toFixed(1)} ms before, ${p99During.toFixed(1)} ms during`,
      );
    });
  });

  it('compiles new rules in one worker at a time while the others take the connections', async () => {
    await withBed(async (bed) => {
      const more = Array.from(
        { length: 3000 },
        (_, i) => `SecRule ARGS "@rx (?:one|two)${i}[a-z]{2,9}\\s+x${i}" "id:${10_000 + i},phase:2,deny,log"`,
      );
      const files = { 'test.conf': `${RULES}${more.join('\n')}\n` };
      const load = steady(bed);
      assert.equal(await bed.change({ rules: { sets: [{ name: 'test', entry: ['test.conf'] }], files } }), undefined);
      const took = await load.stop();
      await bed.untilCounter('rules_compiled', 4);
      assert.equal(await bed.counter('stepped_aside'), 2);
      assert.equal(await bed.counter('step_back_failed'), 0);
      const compileMs = (await bed.counter('compile_millis')) / 2;
      const slowest = took.at(-1) ?? 0;
      assert.ok(slowest < compileMs / 2 + 100, `slowest ${slowest.toFixed()} ms, compiling ${compileMs.toFixed()} ms`);
      assert.equal(statusOf(await ask(bed.port, 'GET /?a=evil-word HTTP/1.1')), 403);
    });
  });
});
