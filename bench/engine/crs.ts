import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyParts } from '@seawall/contract';
import { formatProblem } from '@seawall/faults';
import { ENGINE_CONFIGURATION, loadRules, type RuleSet } from '@seawall/seclang';
import { crs4 } from '../../tests/conformance/suites/obtain.ts';

export interface CrsOptions {
  /** Rules of levels up to this one run; those of level 1 refuse, since ordinary browsing does not pass the others (CRS: detection paranoia). */
  readonly paranoia: number;
  readonly responseBody: boolean;
  /** Rules of the bench, loaded last. */
  readonly more?: string;
  /** Directives that replace those of the engine's configuration. */
  readonly settings?: string;
}

export const RULE_SET = 'crs4';

/** CRS 4.25 from the cache of the conformance suites, which obtains it when it is missing, as a part of a policy. */
export async function crsPolicy(options: CrsOptions): Promise<PolicyParts['rules']> {
  const { rules } = await crs4();
  const files: Record<string, string> = {
    'engine.conf': ENGINE_CONFIGURATION,
    'setup.conf': readFileSync(join(rules, '../crs-setup.conf.example'), 'latin1'),
    'settings.conf': settingsText(options),
    'more.conf': options.more ?? '',
  };
  for (const name of readdirSync(rules)) {
    if (/\.(?:conf|data)$/.test(name)) files[`rules/${name}`] = readFileSync(join(rules, name), 'latin1');
  }
  if (!existsSync(join(rules, 'REQUEST-901-INITIALIZATION.conf'))) throw new Error(`there is no CRS in ${rules}`);
  return {
    sets: [{ name: RULE_SET, entry: ['engine.conf', 'setup.conf', 'settings.conf', 'rules/*.conf', 'more.conf'] }],
    files,
  };
}

function settingsText({ paranoia, responseBody, settings = '' }: CrsOptions): string {
  return `SecRuleEngine On
SecResponseBodyAccess ${responseBody ? 'On' : 'Off'}
SecAction "id:9990001,phase:1,pass,t:none,nolog,setvar:tx.blocking_paranoia_level=1,setvar:tx.detection_paranoia_level=${paranoia}"
${settings}
`;
}

export function loadPolicy(policy: PolicyParts['rules']): RuleSet {
  const entry = policy.sets[0]?.entry ?? [];
  const loaded = loadRules({ files: new Map(Object.entries(policy.files)), entry });
  if (loaded.ok) return loaded.ruleSet;
  throw new Error(`the rules do not load:\n${loaded.problems.map(formatProblem).join('\n')}`);
}
