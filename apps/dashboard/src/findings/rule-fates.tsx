import { RuleState, type Explanation, type RuleFate } from '@seawall/contract';
import { useState } from 'react';
import { Card } from '../show/page.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText, type Say } from '../text/text.ts';

/** Named; more are counted. */
const MAX_REMOVED = 20;

/** What became of every rule: how many, and on demand which and why. */
export function RuleFates({ explanation }: { readonly explanation: Explanation }) {
  const say = useText();
  const [open, setOpen] = useState<RuleState | undefined>(undefined);
  const { counts, rules, removed } = explanation;
  const shown = open === undefined ? [] : rules.filter(({ state }) => state === open);
  return (
    <Card
      title={say('explain.rules')}
      aside={<span className="dim small">{say('explain.ruleCount', { count: rules.length })}</span>}
    >
      <ul className="plain-list fates" data-testid="rule-fates">
        {RuleState.options
          .filter((state) => counts[state] > 0)
          .map((state) => (
            <li key={state}>
              <button
                type="button"
                className="fate"
                aria-expanded={open === state}
                onClick={() => setOpen(open === state ? undefined : state)}
              >
                <span className="fate-count">{counts[state]}</span>
                <span>{say(`fate.${state}`)}</span>
              </button>
            </li>
          ))}
      </ul>
      {removed.length === 0 ? null : (
        <p className="dim small">
          {say('explain.removed', {
            count: removed.length,
            rules: removed
              .slice(0, MAX_REMOVED)
              .map(({ ruleId }) => ruleId)
              .join(', '),
          })}
        </p>
      )}
      {open === undefined ? null : (
        <div className="fate-list" tabIndex={0} role="region" aria-label={say(`fate.${open}`)}>
          <table className="small">
            <thead>
              <tr>
                <th>{say('finding.rule')}</th>
                <th>{say('explain.phase')}</th>
                <th>{say('explain.reason')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((fate) => (
                <tr key={fate.ruleId}>
                  <td>
                    <code className="rule-id">{fate.ruleId}</code>
                    <div className="dim">{visibleLine(fate.message, 100)}</div>
                  </td>
                  <td>{fate.phase}</td>
                  <td>{reasonOf(fate, say)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function reasonOf(fate: RuleFate, say: Say): string {
  const { state, reason, byRule, paranoiaLevel, needs, values, brokenAt, withoutTargets } = fate;
  const parts: string[] = [];
  if (reason !== undefined) parts.push(say(`skip.${reason}`, { rule: byRule ?? '–', level: paranoiaLevel ?? '–' }));
  else if (state === 'prefilter' && needs !== undefined) parts.push(needText(needs, say));
  else if (state === 'noMatch') parts.push(say('explain.tested', { count: values }));
  if (brokenAt > 1) parts.push(say('explain.brokenAt', { link: brokenAt }));
  if (withoutTargets !== undefined) {
    parts.push(say('explain.without', { targets: withoutTargets.map((name) => visibleLine(name, 60)).join(', ') }));
  }
  return parts.length === 0 ? say(`fate.${state}`) : parts.join(' · ');
}

function needText({ oneOf, more, minLength }: NonNullable<RuleFate['needs']>, say: Say): string {
  if (oneOf.length === 0) return say('explain.needsLength', { bytes: minLength });
  const texts = oneOf.map((text) => `“${visibleLine(text, 40)}”`).join(' ');
  if (more > 0) return say('explain.needsMore', { texts, count: more });
  return say(oneOf.length === 1 ? 'explain.needsOne' : 'explain.needs', { texts });
}
