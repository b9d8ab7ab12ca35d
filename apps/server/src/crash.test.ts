import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Action } from '@seawall/contract';
import { Client, attack, connectTestNode, eventually } from './testing/world.ts';

const CHILD = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url));

interface Child {
  readonly process: ChildProcess;
  /** Resolves with the first line of this event. */
  line(event: string): Promise<Record<string, string>>;
}

function start(...args: string[]): Child {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: Record<string, string>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  return {
    process: child,
    line: async (event) =>
      (await eventually(
        () => lines.find((line) => line['event'] === event),
        (line) => line !== undefined,
        15_000,
      )) ?? {},
  };
}

async function kill(child: Child): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return;
  const gone = once(child.process, 'exit');
  child.process.kill('SIGKILL');
  await gone;
}

test('a server killed between intent and deed carries the action out when it comes back', async () => {
  const data = mkdtempSync(join(tmpdir(), 'seawall-crash-'));
  const socketPath = join(data, 'bus.sock');
  const first = start(data, socketPath, 'wait');
  let second: Child | undefined;
  try {
    await first.line('listening');
    const gateway = await connectTestNode({ data, socketPath, name: 'gateway-1', role: 'gateway', accepts: true });
    await gateway.publish(attack());
    await first.line('intent');
    assert.deepEqual(gateway.bundles.at(-1)?.parts.orders, []);
    await kill(first);

    second = start(data, socketPath);
    const { address = '' } = await second.line('listening');
    const client = new Client(address, readFileSync(join(data, 'api-token'), 'utf8').trim());
    const rows = await eventually(
      async () => (await client.get('/actions')).body['rows'] as Action[],
      (actions) => actions[0]?.state === 'active' && actions[0].outcome?.verified === true,
      15_000,
    );
    assert.equal(rows.length, 1);
    await eventually(
      () => gateway.bundles.at(-1)?.parts.orders.length,
      (count) => count === 1,
    );
    const versions = gateway.bundles.map((bundle) => bundle.version);
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    );
    const findings = (await client.get('/findings')).body['rows'] as unknown[];
    assert.equal(findings.length, 1);
    assert.equal((await client.get('/audit/verify')).body['ok'], true);
    await gateway.close();
  } finally {
    await kill(first);
    if (second) await kill(second);
    rmSync(data, { recursive: true, force: true });
  }
});
