import type { Finding, RuleMatch } from '@seawall/contract';
import { ArrowDown } from 'lucide-react';
import { Card } from '../show/page.tsx';
import { Pieces, RawText } from '../show/raw-text.tsx';
import { SeverityTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';

/** Each rule's statement: what it looked at, how that was decoded, which bytes matched, why. */
export function Matches({ finding }: { readonly finding: Finding }) {
  const say = useText();
  const sorted = finding.matches.toSorted((a, b) => b.score - a.score);
  return (
    <Card title={say('finding.why')}>
      {sorted.length === 0 ? <p className="dim">{say('finding.noMatches')}</p> : null}
      <ol className="plain-list stack">
        {sorted.map((match) => (
          <li key={`${match.ruleId} ${match.target} ${match.value}`} className="match">
            <Match match={match} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Match({ match }: { readonly match: RuleMatch }) {
  const say = useText();
  return (
    <>
      <div className="row wrap">
        <code className="rule-id">{match.ruleId}</code>
        <strong className="match-message">{visibleLine(match.message, 200)}</strong>
        <SeverityTag severity={match.severity} />
        <span className="nowrap">{say('finding.points', { points: match.score })}</span>
      </div>
      <dl className="facts">
        <dt>{say('finding.target')}</dt>
        <dd>
          <RawText inline text={match.target} />
        </dd>
        <dt>{say('finding.operator')}</dt>
        <dd>
          <RawText inline text={match.operator} />
        </dd>
        {match.detail === undefined ? null : (
          <>
            <dt>{say('finding.detail')}</dt>
            <dd>{visibleLine(match.detail, 500)}</dd>
          </>
        )}
        {match.file === undefined ? null : (
          <>
            <dt>{say('finding.file')}</dt>
            <dd className="mono">
              {visibleLine(match.file)}
              {match.line === undefined ? '' : `:${match.line}`}
            </dd>
          </>
        )}
      </dl>
      <Decoding match={match} />
    </>
  );
}

/** Before and after each step that changed something; the others are named in between. */
function Decoding({ match }: { readonly match: RuleMatch }) {
  const say = useText();
  const changing = match.steps.filter(({ before, after }) => before !== after);
  const idle = match.steps.filter(({ before, after }) => before === after).map(({ transformation }) => transformation);
  return (
    <div className="decoding">
      {changing.map((step, index) => (
        // steps are an ordered chain; the same one may come twice
        <div key={index}>
          <RawText text={step.before} label={say('finding.before')} />
          <div className="decoding-step small">
            <ArrowDown size={13} aria-hidden />
            <code>{visibleLine(step.transformation)}</code>
          </div>
        </div>
      ))}
      <MatchedValue match={match} />
      {idle.length === 0 ? null : (
        <p className="dim small">{say('finding.idle', { names: idle.map((name) => visibleLine(name)).join(', ') })}</p>
      )}
    </div>
  );
}

function MatchedValue({ match }: { readonly match: RuleMatch }) {
  const say = useText();
  const { value, span } = match;
  if (!span || span[1] <= span[0]) return <RawText text={value} label={say('finding.value')} />;
  return (
    <pre className="raw" tabIndex={0} role="region" aria-label={say('finding.value')}>
      <Pieces text={value.slice(0, span[0])} />
      <mark>
        <Pieces text={value.slice(span[0], span[1])} />
      </mark>
      <Pieces text={value.slice(span[1])} />
    </pre>
  );
}
