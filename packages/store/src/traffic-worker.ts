import { parentPort } from 'node:worker_threads';
import { Fault } from '@seawall/faults';
import { storeFault } from './faults.ts';
import { trafficQuestions, type TrafficEngine } from './traffic-engine.ts';
import { faultData, type Answer, type Ask } from './worker-protocol.ts';

type Question = (...args: readonly unknown[]) => Promise<unknown>;

/** The life of a thread that holds the traffic: opens, says `ready`, answers. */
export async function serveTraffic(
  open: () => Promise<{ readonly engine: TrafficEngine; readonly messages: readonly string[] }>,
  toFault: (error: unknown) => Fault,
): Promise<void> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const send = (answer: Answer): void => parentPort?.postMessage(answer);
  try {
    const { engine, messages } = await open();
    // The interface's names are the messages' names.
    const questions = { ...trafficQuestions(engine), close: () => engine.close() } as unknown as Record<
      string,
      Question
    >;
    parentPort?.on('message', (ask: Ask) => void answer(questions, ask, toFault).then(send));
    send({ kind: 'ready', messages });
  } catch (error) {
    send({ kind: 'ready', fault: faultData(toFault(error)) });
  }
}

async function answer(
  questions: Readonly<Record<string, Question>>,
  { id, method, args }: Ask,
  toFault: (error: unknown) => Fault,
): Promise<Answer> {
  try {
    const question = Object.hasOwn(questions, method) ? questions[method] : undefined;
    if (!question) throw storeFault('store.failed', { method });
    return { kind: 'value', id, value: await question(...args) };
  } catch (error) {
    return { kind: 'fault', id, fault: faultData(error instanceof Fault ? error : toFault(error)) };
  }
}
