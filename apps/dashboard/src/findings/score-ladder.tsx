import type { Finding } from '@seawall/contract';
import { Card } from '../show/page.tsx';
import { useText } from '../text/text.ts';

interface Rung {
  readonly rule: string;
  readonly points: number;
  readonly from: number;
}

/** How the points add up, and where the threshold stands. */
export function ScoreLadder({ finding }: { readonly finding: Finding }) {
  const say = useText();
  const { score, threshold } = finding;
  const rungs = rungsOf(finding);
  const top = Math.max(score, threshold, 1) * 1.08;
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
          <div className="rung small" key={index}>
            <code className="rule-id">{rung.rule}</code>
            <span className="rung-track">
              <span
                className={`rung-bar${rung.from + rung.points >= threshold ? ' over' : ''}`}
                style={{ left: share(rung.from), width: share(rung.points) }}
              />
              {threshold > 0 ? <span className="rung-line" style={{ left: share(threshold) }} /> : null}
            </span>
            <span className="rung-points">+{rung.points}</span>
          </div>
        ))}
      </div>
    </Card>
  );
}

function rungsOf({ matches, score }: Finding): Rung[] {
  let sum = 0;
  const rungs = matches
    .filter((match) => match.score > 0)
    .map((match) => {
      const rung = { rule: match.ruleId, points: match.score, from: sum };
      sum += match.score;
      return rung;
    });
  // Only the first matches travel with a finding; the rest of the score is shown as what it is.
  if (rungs.length > 0 && sum < score) rungs.push({ rule: '…', points: score - sum, from: sum });
  return rungs;
}
