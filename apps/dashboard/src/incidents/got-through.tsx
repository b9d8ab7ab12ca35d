import { ShieldCheck, TriangleAlert } from 'lucide-react';
import { useText } from '../text/text.ts';

/** What the attacker got, as far as the gateway saw. Mostly: nothing. */
export function GotThrough({ count }: { readonly count: number }) {
  const say = useText();
  return count === 0 ? (
    <span className="tag tone-ok">
      <ShieldCheck size={13} aria-hidden />
      {say('got.nothing')}
    </span>
  ) : (
    <span className="tag filled tone-blocked">
      <TriangleAlert size={13} aria-hidden />
      {say('got.some', { count })}
    </span>
  );
}
