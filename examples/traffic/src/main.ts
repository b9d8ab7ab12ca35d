/**
 * `node main.ts --gateway 127.0.0.1:PORT --run FILE --for 90s [--friends N] [--seed S] [--json] [--attack NAME]… [--rate N]`
 * `--chat HOST:PORT` and `--campus HOST:PORT` (repeatable) instead of `--gateway` go to the services themselves.
 * Exit code 0 when no covered attack got data and no friend was harmed, 1 otherwise, 2 for wrong arguments.
 */
import { parseArgs } from 'node:util';
import { readRun } from '../../ground/src/run-file.ts';
import { ATTACKS } from './attack/attacks.ts';
import { runTraffic, type Destination, type TrafficOptions } from './run-traffic.ts';
import type { TrafficReport } from './tally.ts';

function readOptions(): TrafficOptions & { readonly json: boolean } {
  const { values } = parseArgs({
    options: {
      gateway: { type: 'string' },
      chat: { type: 'string', multiple: true },
      campus: { type: 'string', multiple: true },
      run: { type: 'string' },
      for: { type: 'string', default: '90s' },
      friends: { type: 'string', default: '24' },
      rate: { type: 'string', default: '60' },
      seed: { type: 'string' },
      attack: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.run === undefined) throw new Error('--run FILE is missing; make one with prepare.ts');
  const attacks = values.attack?.filter((name) => name !== 'none');
  const unknown = attacks?.find((name) => !ATTACKS.some((attack) => attack.name === name));
  if (unknown !== undefined)
    throw new Error(`no attack ${unknown}; there are ${ATTACKS.map(({ name }) => name).join(', ')}`);
  return {
    gateway: destination(values),
    run: readRun(values.run),
    seconds: seconds(values.for),
    friends: number(values.friends, '--friends'),
    rate: number(values.rate, '--rate'),
    ...(values.seed === undefined ? {} : { seed: number(values.seed, '--seed') }),
    ...(attacks === undefined ? {} : { attacks }),
    json: values.json,
  };
}

function destination({ gateway, chat, campus }: { gateway?: string; chat?: string[]; campus?: string[] }): Destination {
  if (gateway !== undefined) return gateway;
  if (chat && campus) return { chat, campus };
  throw new Error('--gateway HOST:PORT is missing (or --chat and --campus)');
}

function number(text: string, name: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0) throw new Error(`${name} must be a number`);
  return value;
}

function seconds(text: string): number {
  const [, amount = '', unit = 's'] = /^(\d+)(s|m)?$/.exec(text) ?? [];
  return number(amount, '--for') * (unit === 'm' ? 60 : 1);
}

function printed(report: TrafficReport): string {
  const rows = report.attacks.map(
    (one) =>
      `  ${one.name.padEnd(24)} ${one.attempts} tried, ${one.gotData} got data, ${one.stopped} stopped, ${one.diverted} diverted`,
  );
  const harm = report.harmedDetails.map((one) => `  harmed: ${one.who}, ${one.what}: ${one.why}`);
  return [
    `${report.seconds} s, seed ${report.seed}, ${report.requestsPerSecond} requests/s`,
    `friends: ${report.friendlyRequests} requests, ${report.friendlyHarmed} harmed, p50 ${report.latency.p50Ms} ms, p99 ${report.latency.p99Ms} ms`,
    ...harm,
    `attacks: ${report.attacksThatGotData} got data, ${report.attacksStopped} stopped, ${report.attacksDiverted} diverted`,
    ...rows,
    `not covered yet, and got data: ${report.attacksNotCoveredYet.join(', ') || 'none'}`,
  ].join('\n');
}

async function main(): Promise<number> {
  let options;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  const onProgress = (line: string): unknown => options.json || process.stderr.write(`${line}\n`);
  const report = await runTraffic({ ...options, onProgress });
  process.stdout.write(`${options.json ? JSON.stringify(report) : printed(report)}\n`);
  return report.attacksThatGotData === 0 && report.friendlyHarmed === 0 ? 0 : 1;
}

process.exitCode = await main();
