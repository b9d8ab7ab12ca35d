import { MARKUP_ATTACKS } from './markup.ts';
import { NOT_COVERED_ATTACKS } from './not-covered.ts';
import { SCANNER } from './scanner.ts';
import type { Attack } from './scene.ts';
import { SERVER_SIDE_ATTACKS } from './server-side.ts';
import { SQL_ATTACKS } from './sql.ts';
import { STUFFING_ATTACKS } from './stuffing.ts';

export const ATTACKS: readonly Attack[] = [
  SCANNER,
  ...SQL_ATTACKS,
  ...MARKUP_ATTACKS,
  ...SERVER_SIDE_ATTACKS,
  ...STUFFING_ATTACKS,
  ...NOT_COVERED_ATTACKS,
];
