import type { ActionKind, ActionTarget, Source } from '@seawall/contract';

// Words for people. Names that others wrote are shortened and quoted where they are shown; escaping is the viewer's.

const FAMILY_WORDS: Readonly<Record<string, string>> = {
  sqli: 'SQL injection',
  xss: 'Cross-site scripting',
  lfi: 'File disclosure',
  rfi: 'Remote file inclusion',
  rce: 'Command injection',
  ssrf: 'Server-side request forgery',
  leak: 'Data leak',
  protocol: 'Malformed requests',
  login: 'Password guessing',
  scanner: 'Scanning',
};

export function familyWords(family: string): string {
  return FAMILY_WORDS[family] ?? 'Suspicious requests';
}

export function sourceWords(source: Source | undefined): string {
  if (!source) return 'an unknown source';
  switch (source.kind) {
    case 'session':
    case 'token':
      return `${source.kind} ${shorten(source.hash, 4)}`;
    case 'address':
      return source.address;
    default:
      return source satisfies never;
  }
}

export function targetWords(target: ActionTarget): string {
  switch (target.kind) {
    case 'source':
      return sourceWords(target.source);
    case 'account':
      return `account ${JSON.stringify(shorten(target.account, 60))} of ${target.service}`;
    case 'workload':
      return `instance ${target.workload.instance?.name ?? target.workload.workload} of ${target.workload.service}`;
    default:
      return target satisfies never;
  }
}

/** The instance's name that a workload target means; '' when it means none. */
export function instanceOf(target: ActionTarget): string {
  return target.kind === 'workload' ? (target.workload.instance?.name ?? '') : '';
}

const UNDO_WORDS: Readonly<Record<ActionKind, string>> = {
  block: 'Undoing lets its requests through to the service again.',
  limit: 'Undoing takes the rate limit away.',
  divert:
    'Undoing sends its next request to the real service again; what it believes to have done in the decoy is gone.',
  restart: 'A restart cannot be undone; it is over once the instance runs again.',
  pause: 'Undoing lets the instance run on from where it stood, then gives it traffic again.',
  stop: 'Undoing starts the instance again, then gives it traffic.',
  quarantine: 'Undoing connects the instance to its networks again, lets it run on and gives it traffic.',
};

export function undoWords(kind: ActionKind): string {
  return UNDO_WORDS[kind];
}

export interface BlastFacts {
  /** Other clean sessions seen from the same address. */
  readonly bystanders: number;
  readonly exceptAddresses: number;
  readonly instances: number;
  readonly running: number;
  readonly durationMs: number | undefined;
}

/** Who and what is hit, one sentence each. */
export function blastRadius(kind: ActionKind, target: ActionTarget, facts: BlastFacts): readonly string[] {
  const lines = [`${DOES[kind]} ${targetWords(target)}${lasting(facts.durationMs)}.`];
  if (target.kind === 'source' && target.source.kind === 'address') {
    lines.push(
      facts.bystanders === 0
        ? 'No other session has been seen from this address lately.'
        : `${facts.bystanders} other clean sessions share this address.`,
    );
  } else if (target.kind === 'source') {
    lines.push('Only this one session or token is hit, whatever addresses it uses.');
  }
  if (target.kind === 'account') {
    lines.push(
      facts.exceptAddresses === 0
        ? 'No address is known to belong to the account: its owner is hit too when logging in meanwhile.'
        : `Log-ins from ${facts.exceptAddresses} addresses that the account is known to use go on as usual.`,
    );
  }
  if (target.kind === 'workload') {
    const left = Math.max(0, facts.running - 1);
    lines.push(`${left} of ${facts.instances} instances of ${target.workload.service} stay in service.`);
    lines.push('Open WebSockets of the instance move to another one or are closed; requests under way may be lost.');
  }
  return lines;
}

const DOES: Readonly<Record<ActionKind, string>> = {
  block: 'Refuses every request of',
  limit: 'Slows down requests of',
  divert: 'Sends every request to the decoy of',
  restart: 'Restarts',
  pause: 'Halts',
  stop: 'Stops',
  quarantine: 'Cuts off the network of and halts',
};

function lasting(durationMs: number | undefined): string {
  return durationMs === undefined ? '' : ` for ${durationWords(durationMs)}`;
}

export function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
