import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { LiveEvent } from '@seawall/contract';
import { attack, eventually, signIn, startWorld, type Client, type World } from '../testing/world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.end();
  world = undefined;
});

interface Stream {
  readonly events: LiveEvent[];
  readonly ids: string[];
  close(): void;
}

async function listen(client: Client, lastEventId?: string): Promise<Stream> {
  const abort = new AbortController();
  const answer = await fetch(`${client.address}/api/v1/events`, {
    headers: { ...client.headers(), ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: abort.signal,
  });
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
  const events: LiveEvent[] = [];
  const ids: string[] = [];
  const read = async () => {
    let text = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const id = /^id: (.*)$/m.exec(frame)?.[1];
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (id === undefined || data === undefined) continue;
        ids.push(id);
        events.push(JSON.parse(data) as LiveEvent);
      }
    }
  };
  const reading = read().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  return {
    events,
    ids,
    close() {
      abort.abort();
      void reading;
    },
  };
}

test('live events come as they happen, and a reader resumes without a gap', async () => {
  world = await startWorld();
  const client = await signIn(world);
  const first = await listen(client);
  const gateway = await world.gateway();
  await gateway.publish(attack());
  await eventually(
    () => first.events.map((event) => event.kind),
    (kinds) => ['node', 'incident', 'finding', 'action'].every((kind) => kinds.includes(kind as LiveEvent['kind'])),
  );
  await eventually(
    () => first.events.at(-1)?.verdict,
    (verdict) => verdict === 'active' || verdict === 'contained',
  );
  first.close();
  const second = await listen(client, first.ids[0]);
  await eventually(
    () => second.ids.length,
    (count) => count >= first.ids.length - 1,
  );
  assert.deepEqual(second.ids.slice(0, first.ids.length - 1), first.ids.slice(1));
  assert.equal(new Set(second.ids).size, second.ids.length);
  second.close();
});

test('without a session there is no stream', async () => {
  world = await startWorld();
  const answer = await fetch(`${world.server.address}/api/v1/events`);
  assert.equal(answer.status, 401);
});
