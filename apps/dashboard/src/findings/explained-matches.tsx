import type { ExplainedMatch, ExplainedPlace, ShownValue } from '@seawall/contract';
import { ArrowDown } from 'lucide-react';
import { Card } from '../show/page.tsx';
import { formatBytes } from '../show/format.ts';
import { Pieces, RawBox, RawText } from '../show/raw-text.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';

/** Each rule's statement with the matching bytes marked as they came and after every transformation. */
export function ExplainedMatches({ matches }: { readonly matches: readonly ExplainedMatch[] }) {
  const say = useText();
  // Rules that judge the score alone are told by the ladder.
  const shown = matches.filter(
    ({ score, logged, places }) => score !== 0 || (logged && places.some(({ target }) => !/^&?TX\b/.test(target))),
  );
  return (
    <Card title={say('finding.why')}>
      {shown.length === 0 ? <p className="dim">{say('finding.noMatches')}</p> : null}
      <ol className="plain-list stack" data-testid="explained-matches">
        {shown.map((match) => (
          <li key={match.ruleId} className="match">
            <Match match={match} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Match({ match }: { readonly match: ExplainedMatch }) {
  const say = useText();
  return (
    <>
      <div className="row wrap">
        <code className="rule-id">{match.ruleId}</code>
        <strong className="match-message">{visibleLine(match.message, 200)}</strong>
        {match.score === 0 ? null : <span className="nowrap">{say('finding.points', { points: match.score })}</span>}
        {match.disruptive ? <span className="tag tone-blocked">{say('explain.refuses')}</span> : null}
      </div>
      <p className="dim small mono match-file">{visibleLine(`${match.file}:${match.line}`)}</p>
      {match.places.map((place, index) => (
        // one value may match after several steps
        <Place key={index} place={place} name={`${match.ruleId}.${index + 1}`} />
      ))}
      {match.morePlaces > 0 ? (
        <p className="dim small">{say('explain.morePlaces', { count: match.morePlaces })}</p>
      ) : null}
    </>
  );
}

/** `name` tells its boxes from those of other places. */
function Place({ place, name }: { readonly place: ExplainedPlace; readonly name: string }) {
  const say = useText();
  const changing = place.steps.filter(({ after }) => after !== undefined);
  const idle = place.steps.filter(({ changed }) => !changed).map(({ transformation }) => visibleLine(transformation));
  return (
    <div className="decoding">
      <dl className="facts">
        <dt>{say('finding.target')}</dt>
        <dd>
          <RawText inline text={place.target} />
        </dd>
        <dt>{say('finding.operator')}</dt>
        <dd>
          <RawText
            inline
            text={place.negated && !place.operator.startsWith('!') ? `!${place.operator}` : place.operator}
          />
        </dd>
        {place.detail === undefined ? null : (
          <>
            <dt>{say('finding.detail')}</dt>
            <dd>{visibleLine(place.detail, 500)}</dd>
          </>
        )}
      </dl>
      <Marked value={place.original} label={`${say('explain.original')} (${name})`} />
      {changing.map(({ transformation, after }, index) => (
        // steps are an ordered chain; the same one may come twice
        <div key={index}>
          <div className="decoding-step small">
            <ArrowDown size={13} aria-hidden />
            <code>{visibleLine(transformation)}</code>
          </div>
          {after === undefined ? null : (
            <Marked
              value={after}
              label={`${say('explain.after', { name: visibleLine(transformation) })} (${name}.${index + 1})`}
            />
          )}
        </div>
      ))}
      {idle.length === 0 ? null : <p className="dim small">{say('finding.idle', { names: idle.join(', ') })}</p>}
      {place.original.exact ? null : <p className="dim small">{say('explain.inexact')}</p>}
    </div>
  );
}

function Marked({ value, label }: { readonly value: ShownValue; readonly label: string }) {
  const say = useText();
  const language = useLanguage();
  const { text, span, offset, bytes, exact } = value;
  const [from, to] = span ?? [text.length, text.length];
  const cut = bytes > text.length;
  return (
    <>
      <RawBox label={label}>
        {offset > 0 ? '… ' : ''}
        <Pieces text={text.slice(0, from)} />
        {to > from ? (
          <mark className={exact ? '' : 'inexact'}>
            <Pieces text={text.slice(from, to)} />
          </mark>
        ) : null}
        <Pieces text={text.slice(to)} />
        {offset + text.length < bytes ? ' …' : ''}
      </RawBox>
      {cut ? <p className="dim small">{say('explain.cutValue', { bytes: formatBytes(bytes, language) })}</p> : null}
    </>
  );
}
