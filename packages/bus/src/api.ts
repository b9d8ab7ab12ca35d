import type { Command, CommandResult, Envelope, PolicyBundle, PolicyState, NodeHealth } from '@seawall/contract';
import type { Redacted } from '@seawall/faults';

// Node and server talk only through this. Up: numbered batches, at least once, removed from the node's disk spool after
// acknowledgement, made single by event id on the server. Down: the whole policy, acknowledged, parts that the node
// already has left out; and commands, sent again until their result came.

export interface NodeOptions {
  /** Undefined: there is no server, and everything stays in the spool. */
  readonly socketPath: string | undefined;
  readonly node: string;
  readonly role: NodeHealth['role'];
  readonly token: Redacted;
  /** Folder of the spool and of the last good policy; made with mode 0700. */
  readonly folder: string;
  /** Above this statistics are shed first, then findings, then audit; each counted. Default 256 MiB. */
  readonly maxSpoolBytes?: number;
  /** Called with the last good policy from disk at start, and with every new one. Its answer is the acknowledgement. */
  onPolicy(bundle: PolicyBundle): Promise<PolicyState>;
  /** Makes single by action and step: called once for each, results are remembered across restarts. */
  onCommand?(command: Command): Promise<CommandResult>;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string, facts?: Readonly<Record<string, unknown>>): void;
}

export interface NodeLink {
  /**
   * Resolves when events of class finding and audit are synced to disk; statistics resolve at once and may be shed.
   * Rejects with Fault `bus.spool-full` or `bus.disk` when a committed class cannot be kept.
   */
  publish(envelopes: readonly Envelope[]): Promise<void>;
  /** Events of class statistics as JSON of one envelope each: for callers that have so many that they write it themselves. */
  publishStatistics(jsons: readonly string[]): void;
  state(): NodeLinkState;
  /** Flushes what it can within the time, then closes; the rest stays in the spool. */
  close(timeoutMs?: number): Promise<void>;
}

export interface NodeLinkState {
  readonly connected: boolean;
  readonly spoolBytes: number;
  readonly shed: Readonly<Record<'statistics' | 'finding' | 'audit', number>>;
  readonly policy: PolicyState | undefined;
}

export interface HubOptions {
  readonly socketPath: string;
  readonly token: Redacted;
  /** The batch is acknowledged to the node when this resolves: by then the events are committed in the store. */
  onEvents(node: string, envelopes: readonly Envelope[]): Promise<void>;
  onNodeChange?(node: ConnectedNode): void;
  log: NodeOptions['log'];
}

export interface ConnectedNode {
  readonly node: string;
  readonly role: NodeHealth['role'];
  readonly connected: boolean;
  readonly policy: PolicyState | undefined;
}

/** Cut off for a token, cut off for garbage, events refused by their schema, batches that `onEvents` rejected. */
export type HubCounter = 'wrong-token' | 'garbage' | 'refused-event' | 'not-kept';

export interface Hub {
  setPolicy(bundle: PolicyBundle): void;
  nodes(): readonly ConnectedNode[];
  /** Waits until every connected gateway and decoy has acknowledged this version (or a later one). */
  waitForPolicy(
    version: number,
    timeoutMs: number,
  ): Promise<{ readonly acknowledged: readonly string[]; readonly missing: readonly string[] }>;
  /** To every connected responder; kept and sent again after reconnection until `settle` is called for it. */
  send(command: Command): void;
  settle(action: Command['action']['id'], step: Command['step']): void;
  /** Running totals since the start. */
  counters(): Readonly<Record<HubCounter, number>>;
  close(): Promise<void>;
}
