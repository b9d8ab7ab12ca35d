import { numberOf } from '../compile/setvar.ts';
import type { Run } from './run.ts';

export interface Scores {
  readonly inboundScore: number;
  readonly outboundScore: number;
  readonly inboundThreshold: number;
  readonly outboundThreshold: number;
}

const LEVELS = [1, 2, 3, 4];

/**
 * The scores that rules block by. CRS 4 has them ready in blocking_…; CRS 3 in anomaly_score and outbound_anomaly_score; rules
 * without an evaluation phase have only the points a level, which are then added up to the blocking level.
 */
export function scoresOf(run: Run): Scores {
  const read = (name: string): number => numberOf(run.tx.get(name) ?? '');
  const level = read('blocking_paranoia_level') || read('paranoia_level') || 1;
  const sum = (name: (level: number) => string): number =>
    LEVELS.filter((candidate) => candidate <= level).reduce((points, candidate) => points + read(name(candidate)), 0);
  return {
    inboundScore:
      read('blocking_inbound_anomaly_score') ||
      read('anomaly_score') ||
      sum((at) => `inbound_anomaly_score_pl${at}`) ||
      sum((at) => `anomaly_score_pl${at}`),
    outboundScore:
      read('blocking_outbound_anomaly_score') ||
      read('outbound_anomaly_score') ||
      sum((at) => `outbound_anomaly_score_pl${at}`),
    inboundThreshold: read('inbound_anomaly_score_threshold'),
    outboundThreshold: read('outbound_anomaly_score_threshold'),
  };
}
