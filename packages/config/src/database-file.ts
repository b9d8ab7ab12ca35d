import { z } from 'zod';
import { duration } from './values.ts';

/** database.yaml: where to remember, and how long. */
export const DatabaseFile = z.strictObject({
  traffic: z
    .strictObject({
      engine: z
        .enum(['auto', 'duckdb', 'sqlite'])
        .default('auto')
        .describe('auto = DuckDB where its package is installed'),
      keep: duration.default(7 * 86_400_000),
    })
    .prefault({}),
  records: z
    .strictObject({
      engine: z.enum(['sqlite']).default('sqlite'),
      keepFindings: duration.default(90 * 86_400_000),
    })
    .prefault({}),
});
export type DatabaseFile = z.infer<typeof DatabaseFile>;
