export type * from './api.ts';
export { detectSqli, detectXss, type Detection } from './detect/index.ts';
export { loadRules } from './load/load-rules.ts';
export { describeRules, removedRules, type RuleDescription } from './transaction/rule-set.ts';
export { ENGINE_CONFIGURATION } from './engine-configuration.ts';
export { explain } from './explain/explain.ts';
export { parseExclusion } from './explain/exclusion.ts';
export type * from './explain/explanation.ts';
