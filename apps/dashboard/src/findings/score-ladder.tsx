import type { Explanation, Finding } from '@seawall/contract';
import { Card } from '../show/page.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';

interface Rung {
  readonly rule: string;
  readonly message: string;
  readonly points: number;
  /** Where it begins; points that do not count begin where they would. */
  readonly from: number;
  readonly level: number | undefined;
  readonly counts: boolean;
}

/** How the points add up, and where the threshold stands. */
export function ScoreLadder({
  finding,
  explanation,
}: {
  readonly finding: Finding;
  readonly explanation?: Explanation | undefined;
}) {
  const say = useText();
  const { score, threshold } = finding;
  const rungs = explainedRungs(finding, explanation) ?? rungsOf(finding);
  const top = Math.max(score, threshold, 1, ...rungs.map(({ from, points }) => from + points)) * 1.08;
  const share = (value: number) => `${(value / top) * 100}%`;
  const over = score >= threshold;
  return (
    <Card title={say('finding.score')}>
      <p className="score-words">
        <strong className="score-value">{score}</strong>{' '}
        {threshold > 0 ? say(over ? 'finding.over' : 'finding.under', { threshold }) : say('finding.noThreshold')}
      </p>
      <div className="ladder">
        {rungs.map((rung, index) => (
          // one rule may add points more than once
          <div className="rung small" key={index} title={visibleLine(rung.message, 200)}>
            <code className="rule-id">{rung.rule}</code>
            <span className="rung-track">
              <span
                className={`rung-bar${rung.counts ? (rung.from + rung.points >= threshold ? ' over' : '') : ' idle'}`}
                style={{ left: share(rung.from), width: share(rung.points) }}
              />
              {threshold > 0 ? <span className="rung-line" style={{ left: share(threshold) }} /> : null}
            </span>
            <span className="rung-points">
              {rung.counts ? `+${rung.points}` : `(${rung.points})`}
              {rung.level === undefined ? null : <span className="dim"> PL{rung.level}</span>}
            </span>
          </div>
        ))}
      </div>
      {explanation?.enforced.ruleId === undefined ? null : (
        <p className="small ladder-refused">
          {say('explain.refusedBy', {
            rule: explanation.enforced.ruleId,
            phase: explanation.enforced.phase ?? '–',
            message: visibleLine(explanation.enforced.message ?? '', 160),
          })}
        </p>
      )}
      {rungs.every(({ counts }) => counts) || explanation === undefined ? null : (
        <p className="dim small">{say('explain.idlePoints', { level: explanation.scores.blockingLevel })}</p>
      )}
    </Card>
  );
}

/** Undefined when the rules of now come to another score: what was decided then is shown by what the finding says. */
function explainedRungs({ score, direction }: Finding, explanation: Explanation | undefined): Rung[] | undefined {
  const ladder = explanation?.ladder.filter((rung) => (rung.direction === 'outbound') === (direction === 'response'));
  if (ladder === undefined || ladder.length === 0 || (ladder.at(-1)?.total ?? 0) !== score) return undefined;
  return ladder.map(({ ruleId, message, points, total, paranoiaLevel, counts }) => ({
    rule: String(ruleId),
    message,
    points,
    from: counts ? total - points : total,
    level: paranoiaLevel,
    counts,
  }));
}

function rungsOf({ matches, score }: Finding): Rung[] {
  let sum = 0;
  const more = { level: undefined, counts: true };
  const rungs = matches
    .filter((match) => match.score > 0)
    .map((match) => {
      const rung = { rule: match.ruleId, message: match.message, points: match.score, from: sum, ...more };
      sum += match.score;
      return rung;
    });
  // Only the first matches travel with a finding; the rest of the score is shown as what it is.
  if (rungs.length > 0 && sum < score) rungs.push({ rule: '…', message: '', points: score - sum, from: sum, ...more });
  return rungs;
}
