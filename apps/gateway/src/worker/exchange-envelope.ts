import type { Source } from '@seawall/contract';
import { nowMicros } from '../clock.ts';
import type { Trace } from './trace.ts';

const MAX_METHOD = 32;
const MAX_PATH = 512;
const MAX_TEXT = 256;
/** Names come from policies; beyond this they are forgotten and quoted again. */
const MAX_NAMES = 2000;

const names = new Map<string, string>();

/**
 * The envelope of an exchange as members of a JSON object, without schema, node and sequence, which the primary puts in front. Made by
 * hand: there is one for each exchange, and an object that is cloned to the primary and written there costs several times as much.
 */
export function exchangeEnvelope(trace: Trace): string {
  // Envelope and exchange are two kinds of ids, with one value.
  const head = `"kind":"exchange","id":"${trace.id}","timeMicros":${trace.startedMicros},"source":${sourceText(trace.source)}`;
  return `${head},${workloadText(trace)}"exchange":{${subject(trace)},${request(trace)},${result(trace)}}`;
}

function subject(trace: Trace): string {
  const parent = trace.parent === undefined ? '' : `"parent":"${trace.parent}",`;
  const place = `"service":${named(trace.service)},"instance":${named(trace.instance)},"mode":"${trace.mode}"`;
  return `"id":"${trace.id}",${parent}"protocol":"${trace.protocol}","route":${named(trace.route)},${place}`;
}

function request(trace: Trace): string {
  const target = `"host":${quoted(trace.host, MAX_TEXT)},"path":${quoted(trace.path, MAX_PATH)}`;
  const client = `"address":${JSON.stringify(trace.address)},"userAgent":${quoted(trace.userAgent, MAX_TEXT)}`;
  return `"method":${quoted(trace.method, MAX_METHOD)},${target},${client}`;
}

function result(trace: Trace): string {
  const login = trace.login === undefined ? '' : `"login":${JSON.stringify(trace.login)},`;
  const totalMicros = Math.max(0, nowMicros() - trace.startedMicros);
  const sizes = `"bytesIn":${trace.bytesIn},"bytesOut":${trace.bytesOut}`;
  const times = `"waitMicros":${trace.waitMicros},"connectMicros":${trace.connectMicros},"firstByteMicros":${trace.firstByteMicros}`;
  const verdict = `"status":${trace.status},"verdict":"${trace.verdict}","findings":${trace.findings}`;
  return `${login}${sizes},${times},"inspectMicros":${trace.inspectMicros},"totalMicros":${totalMicros},${verdict}`;
}

function workloadText(trace: Trace): string {
  const workload = trace.workload();
  if (workload === undefined) return '';
  const { cluster, namespace } = workload;
  const place = `"cluster":"${cluster}","namespace":"${namespace}"`;
  return `"workload":{${place},"service":${named(workload.service)},"workload":${named(workload.workload)}},`;
}

function sourceText(source: Source): string {
  return source.kind === 'address'
    ? `{"kind":"address","address":${JSON.stringify(source.address)}}`
    : JSON.stringify(source);
}

function quoted(text: string, most: number): string {
  return JSON.stringify(text.length > most ? text.slice(0, most) : text);
}

function named(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (names.size >= MAX_NAMES) names.clear();
  const text = JSON.stringify(name);
  names.set(name, text);
  return text;
}
