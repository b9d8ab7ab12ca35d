import type { Fault } from '@seawall/faults';
import { STORE_FAULTS, storeFault, type StoreFaultCode } from './faults.ts';

/** What goes to a worker thread: one question. */
export interface Ask {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** A fault as data: an Error loses its code on the way between threads. */
export interface FaultData {
  readonly code: string;
  readonly context: Readonly<Record<string, string>>;
}

/** What comes back. The first message is `ready`, with the fault that kept the worker from starting, if any. */
export type Answer =
  | { readonly kind: 'ready'; readonly fault?: FaultData; readonly messages?: readonly string[] }
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'fault'; readonly id: number; readonly fault: FaultData };

export function faultData(fault: Fault): FaultData {
  const context = Object.entries({ cause: fault.cause, ...fault.context });
  return { code: fault.code, context: Object.fromEntries(context.map(([name, value]) => [name, String(value)])) };
}

export function faultFrom(data: FaultData): Fault {
  const code = data.code in STORE_FAULTS ? (data.code as StoreFaultCode) : 'store.failed'; // looked up just before
  return storeFault(code, data.context);
}
