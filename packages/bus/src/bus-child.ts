import { connectNode } from './node-link.ts';
import { findingEvent, quiet, TOKEN } from './samples.ts';

// A node for tests that kill it: publishes without end and prints the id of each event whose publish resolved.

const [, , socketPath = '', folder = ''] = process.argv;
const link = await connectNode({
  socketPath,
  folder,
  node: 'n',
  role: 'gateway',
  token: TOKEN,
  onPolicy: async ({ version, digest }) => ({ version, digest }),
  log: quiet,
});
for (let sequence = 0; ; sequence += 10) {
  const events = Array.from({ length: 10 }, (_, n) => findingEvent(sequence + n, 'x'.repeat(n * 200)));
  await link.publish(events);
  process.stdout.write(events.map(({ id }) => `${id}\n`).join(''));
}
