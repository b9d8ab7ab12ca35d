import { sourceKey, type ActionTarget, type Source } from '@seawall/contract';
import { Fingerprint, Globe, KeyRound, Server, UserRound } from 'lucide-react';
import { useText, type Say } from '../text/text.ts';
import { Go } from './go.tsx';
import { visibleLine } from './visible-text.ts';

export function sourceWords(source: Source | undefined, say: Say): string {
  if (!source) return say('source.unknown');
  if (source.kind === 'address') return source.address;
  return say(source.kind === 'session' ? 'source.session' : 'source.token', { hash: source.hash.slice(0, 8) });
}

const ICONS = { address: Globe, session: Fingerprint, token: KeyRound };

/** Who it was; opens all that this source did. */
export function SourceName({ source }: { readonly source: Source | undefined }) {
  const say = useText();
  if (!source) return <span className="dim">{say('source.unknown')}</span>;
  const Icon = ICONS[source.kind];
  return (
    <Go to="/findings" with={{ source: sourceKey(source) }} className="row" title={sourceKey(source)}>
      <Icon size={13} aria-hidden className="dim" />
      <span className="cut">{sourceWords(source, say)}</span>
    </Go>
  );
}

export function targetWords(target: ActionTarget, say: Say): string {
  switch (target.kind) {
    case 'source':
      return sourceWords(target.source, say);
    case 'account':
      return say('target.account', { account: visibleLine(target.account, 80), service: target.service });
    case 'workload':
      return say('target.workload', {
        instance: target.workload.instance?.name ?? target.workload.workload,
        service: target.workload.service,
      });
    default:
      return target satisfies never;
  }
}

export function TargetName({ target }: { readonly target: ActionTarget }) {
  const say = useText();
  if (target.kind === 'source') return <SourceName source={target.source} />;
  const Icon = target.kind === 'account' ? UserRound : Server;
  return (
    <span className="row">
      <Icon size={13} aria-hidden className="dim" />
      <span className="cut">{targetWords(target, say)}</span>
    </span>
  );
}
