import type { Outcome } from '../api.ts';
import { numberOf } from '../compile/setvar.ts';
import type { Run } from '../transaction/run.ts';
import type { Rung, Scores } from './explanation.ts';

export function explainedScores(run: Run, outcome: Outcome): Scores {
  const level = (...names: readonly string[]): number =>
    names.map((name) => numberOf(run.tx.get(name) ?? '')).find((value) => value > 0) ?? 1;
  const blockingLevel = level('blocking_paranoia_level', 'paranoia_level');
  return {
    inbound: outcome.inboundScore,
    inboundThreshold: outcome.inboundThreshold,
    outbound: outcome.outboundScore,
    outboundThreshold: outcome.outboundThreshold,
    blockingLevel,
    detectionLevel: Math.max(blockingLevel, level('detection_paranoia_level', 'executing_paranoia_level')),
  };
}

/** How the scores came about, match by match. */
export function ladderOf({ matches }: Outcome, scores: Scores): Rung[] {
  const totals = { inbound: 0, outbound: 0 };
  return matches
    .filter(({ score }) => score !== 0)
    .map(({ ruleId, message, phase, score, tags }) => {
      const direction = phase <= 2 ? 'inbound' : 'outbound';
      const paranoiaLevel = levelOf(tags);
      const counts = (paranoiaLevel ?? 1) <= scores.blockingLevel;
      if (counts) totals[direction] += score;
      const threshold = direction === 'inbound' ? scores.inboundThreshold : scores.outboundThreshold;
      return {
        ruleId,
        message: message.slice(0, 200),
        direction,
        points: score,
        total: totals[direction],
        threshold,
        paranoiaLevel,
        counts,
      };
    });
}

function levelOf(tags: readonly string[]): number | undefined {
  const level = tags.map((tag) => /^paranoia-level\/([1-4])$/.exec(tag)?.[1]).find((found) => found !== undefined);
  return level === undefined ? undefined : Number(level);
}
