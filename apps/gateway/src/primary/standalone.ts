import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { makeBundle, writePolicy } from '@seawall/bus';
import type { PolicyParts } from '@seawall/contract';
import { ENGINE_CONFIGURATION } from '@seawall/seclang';
import type { Standalone } from '../arguments.ts';

const RULE_SET = 'rules';
/** Ordinary settings of the engine, for rule sets that bring none; a folder may have its own file of this name. */
export const ENGINE_FILE = 'seawall/engine.conf';
const ANSWER_TIMEOUT_MS = 60_000;
const MAX_INSPECTED = 131_072;

/**
 * Without a server the policy is made of the command line, and put where the last good one of a server stands: from there on
 * everything is as in a node whose server is away.
 */
export async function givePolicy(data: string, settings: Standalone): Promise<void> {
  await writePolicy(data, makeBundle(1, partsOf(settings)));
}

function partsOf(settings: Standalone): PolicyParts {
  const { listen, upstream, mode } = settings;
  const files = settings.rules === undefined ? {} : readRules(settings.rules);
  const sets = settings.rules === undefined ? [] : [{ name: RULE_SET, entry: [...settings.entry] }];
  const service = {
    name: 'upstream',
    upstreams: [{ instance: 'upstream-1', ...upstream }],
    connectTimeoutMs: 2000,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    decoy: false,
  };
  const route = {
    name: 'all',
    host: '*',
    path: '/',
    service: service.name,
    mode,
    ruleSet: RULE_SET,
    maxHeadBytes: 65_536,
    maxInspectedBodyBytes: MAX_INSPECTED,
    bodyOverLimit: 'reject' as const,
    inspectResponse: settings.inspectAnswers,
    maxInspectedResponseBytes: MAX_INSPECTED,
    onInspectionFailure: mode === 'protect' ? ('closed' as const) : ('open' as const),
    evidence: { bodyBytes: 4096, maskCookies: true },
  };
  return {
    routes: { listeners: [listen], services: [service], routes: [route] },
    rules: { sets, files },
    orders: [],
    decoy: { secret: randomBytes(32).toString('hex') },
    likeness: [],
  };
}

/** Every file of the folder, since a rule may name any of them as its data; one code unit is one byte. */
function readRules(folder: string): Record<string, string> {
  const files: Record<string, string> = { [ENGINE_FILE]: ENGINE_CONFIGURATION };
  for (const entry of globSync('**/*', { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(join(folder, '/').length)] = readFileSync(path, 'latin1');
  }
  return files;
}
