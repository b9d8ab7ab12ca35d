import type { ServiceState, Severity } from '@seawall/contract';
import {
  Activity,
  Ban,
  Check,
  CircleDashed,
  CircleHelp,
  Eye,
  Gauge,
  Info,
  OctagonAlert,
  Route,
  ShieldCheck,
  ShieldOff,
  ShieldQuestion,
  ShieldX,
  TriangleAlert,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import type { TextKey } from '../text/en.ts';
import { useText } from '../text/text.ts';

// Verdict words, colours and signs: the same on every screen. A sign and a word always, never colour alone.

export type Tone =
  | 'ok'
  | 'passed'
  | 'noted'
  | 'limited'
  | 'blocked'
  | 'diverted'
  | 'acted'
  | 'unknown'
  | 'critical'
  | 'high'
  | 'medium'
  | 'low'
  | 'info';

interface Look {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly word: TextKey;
}

const LOOKS: Readonly<Record<string, Look>> = {
  passed: { tone: 'passed', icon: Check, word: 'verdict.passed' },
  noted: { tone: 'noted', icon: Eye, word: 'verdict.noted' },
  limited: { tone: 'limited', icon: Gauge, word: 'verdict.limited' },
  blocked: { tone: 'blocked', icon: Ban, word: 'verdict.blocked' },
  diverted: { tone: 'diverted', icon: Route, word: 'verdict.diverted' },
  failed: { tone: 'unknown', icon: CircleHelp, word: 'verdict.failed' },
  planned: { tone: 'acted', icon: CircleDashed, word: 'state.planned' },
  refused: { tone: 'unknown', icon: Ban, word: 'state.refused' },
  running: { tone: 'acted', icon: Activity, word: 'state.running' },
  active: { tone: 'acted', icon: Zap, word: 'state.active' },
  done: { tone: 'acted', icon: Check, word: 'state.done' },
  undoing: { tone: 'acted', icon: Activity, word: 'state.undoing' },
  undone: { tone: 'passed', icon: Check, word: 'state.undone' },
  expired: { tone: 'passed', icon: CircleDashed, word: 'state.expired' },
  open: { tone: 'blocked', icon: OctagonAlert, word: 'state.open' },
  contained: { tone: 'diverted', icon: ShieldCheck, word: 'state.contained' },
  closed: { tone: 'passed', icon: Check, word: 'state.closed' },
  connected: { tone: 'ok', icon: Check, word: 'state.connected' },
  gone: { tone: 'unknown', icon: CircleHelp, word: 'state.gone' },
  stale: { tone: 'unknown', icon: CircleHelp, word: 'state.stale' },
  ok: { tone: 'ok', icon: Check, word: 'state.ok' },
  off: { tone: 'blocked', icon: ShieldOff, word: 'mode.off' },
  monitor: { tone: 'noted', icon: Eye, word: 'mode.monitor' },
  protect: { tone: 'ok', icon: ShieldCheck, word: 'mode.protect' },
  paused: { tone: 'limited', icon: CircleDashed, word: 'state.paused' },
  stopped: { tone: 'unknown', icon: CircleDashed, word: 'state.stopped' },
  quarantined: { tone: 'acted', icon: ShieldX, word: 'state.quarantined' },
  up: { tone: 'ok', icon: Check, word: 'state.up' },
  unknown: { tone: 'unknown', icon: CircleHelp, word: 'state.unknown' },
};
const UNKNOWN: Look = { tone: 'unknown', icon: CircleHelp, word: 'state.unknown' };

export function lookOf(verdict: string): Look {
  return LOOKS[verdict] ?? UNKNOWN;
}

/** A verdict, a state of an action, incident or node, or a mode. */
export function VerdictTag({ verdict, filled = true }: { readonly verdict: string; readonly filled?: boolean }) {
  const say = useText();
  const { tone, icon: Icon, word } = lookOf(verdict);
  return (
    <span className={`tag tone-${tone}${filled ? ' filled' : ''}`}>
      <Icon size={13} aria-hidden />
      {say(word)}
    </span>
  );
}

/** `running` is a state of workloads that is good, and a state of actions that is not over. */
export function WorkloadStateTag({ state }: { readonly state: string }) {
  const say = useText();
  if (state !== 'running') return <VerdictTag verdict={state} />;
  return (
    <span className="tag filled tone-ok">
      <Check size={13} aria-hidden />
      {say('state.running.workload')}
    </span>
  );
}

const SEVERITY: Readonly<
  Record<Severity, { readonly icon: LucideIcon; readonly word: TextKey; readonly bars: number }>
> = {
  critical: { icon: OctagonAlert, word: 'severity.critical', bars: 4 },
  high: { icon: TriangleAlert, word: 'severity.high', bars: 3 },
  medium: { icon: TriangleAlert, word: 'severity.medium', bars: 2 },
  low: { icon: Info, word: 'severity.low', bars: 1 },
  info: { icon: Info, word: 'severity.info', bars: 0 },
};

export const SEVERITY_ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

/** A scale of its own: bars that fill, so that it is not taken for a verdict. */
export function SeverityTag({ severity, word = true }: { readonly severity: Severity; readonly word?: boolean }) {
  const say = useText();
  const look = SEVERITY[severity];
  return (
    <span className={`tag tone-${severity}`} title={say(look.word)}>
      <svg width="15" height="12" viewBox="0 0 15 12" aria-hidden>
        {[0, 1, 2, 3].map((bar) => (
          <rect
            key={bar}
            x={bar * 4}
            y={9 - bar * 3}
            width="3"
            height={3 + bar * 3}
            rx="0.5"
            fill="currentColor"
            opacity={bar < look.bars ? 1 : 0.28}
          />
        ))}
      </svg>
      {word ? say(look.word) : <span className="only-screen-reader">{say(look.word)}</span>}
    </span>
  );
}

const PROTECTION: Readonly<Record<ServiceState['protection'], Look>> = {
  protected: { tone: 'ok', icon: ShieldCheck, word: 'protection.protected' },
  monitored: { tone: 'noted', icon: Eye, word: 'protection.monitored' },
  off: { tone: 'blocked', icon: ShieldOff, word: 'protection.off' },
  unprotected: { tone: 'blocked', icon: ShieldX, word: 'protection.unprotected' },
  unknown: { tone: 'unknown', icon: ShieldQuestion, word: 'protection.unknown' },
};

export function protectionLook(protection: ServiceState['protection']): Look {
  return PROTECTION[protection];
}

export function ProtectionTag({ protection }: { readonly protection: ServiceState['protection'] }) {
  const say = useText();
  const { tone, icon: Icon, word } = PROTECTION[protection];
  return (
    <span className={`tag filled tone-${tone}`}>
      <Icon size={14} aria-hidden />
      {say(word)}
    </span>
  );
}
