import type { FindingExplanation } from '@seawall/contract';
import { Info } from 'lucide-react';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';

/** What an explanation rests on: the rules of now, and what was kept of the message. */
export function ExplanationNotes({ found }: { readonly found: FindingExplanation }) {
  const say = useText();
  if (found.state === 'unavailable') {
    return (
      <div className="notice tone-unknown" role="note">
        <Info size={16} aria-hidden />
        <div className="grow">{say(`unexplained.${found.reason}`)}</div>
      </div>
    );
  }
  const { gaps, notAgain, ruleSet, explanation } = found;
  const loud = gaps.some((gap) => gap === 'cut' || gap === 'otherScore') || notAgain.length > 0;
  return (
    <div className={`notice ${loud ? 'tone-limited' : 'tone-unknown'}`} role="note" data-testid="explanation-notes">
      <Info size={16} aria-hidden />
      <div className="grow">
        <strong>{say('explain.replayed')}</strong>
        <div className="small">
          {say('explain.byRules', {
            name: ruleSet.name,
            count: ruleSet.rules,
            version: visibleLine(ruleSet.version || '–', 80),
          })}
        </div>
        <ul className="small">
          {gaps.map((gap) => (
            <li key={gap}>{say(`gap.${gap}`)}</li>
          ))}
          {notAgain.length === 0 ? null : (
            <li>
              {say('explain.notAgain', {
                rules: notAgain.map(({ ruleId, target }) => `${ruleId} ${visibleLine(target, 80)}`).join(', '),
              })}
            </li>
          )}
          {explanation.failures.map(({ ruleId, text }) => (
            <li key={ruleId}>{say('explain.failed', { rule: ruleId, text: visibleLine(text, 200) })}</li>
          ))}
        </ul>
      </div>
    </div>
  );
}
