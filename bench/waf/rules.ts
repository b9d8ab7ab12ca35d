import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Unobtainable } from '../../tests/conformance/suites/unobtainable.ts';
import { crsPolicy } from '../engine/crs.ts';

// The same CRS, written for each of the three: to Seawall as a folder, to libmodsecurity as one file that includes the others; Coraza's module carries it.

export interface RulesSetting {
  /** Rules of levels up to this one run; see crs.ts for those that refuse. */
  readonly paranoia: number;
  readonly responseBody: boolean;
}

/** Directives of the bench itself, behind the recommended configuration of each. */
export function settingsOf({ paranoia, responseBody }: RulesSetting): string {
  return `SecRuleEngine On
SecAuditEngine Off
SecRequestBodyAccess On
SecResponseBodyAccess ${responseBody ? 'On' : 'Off'}
SecResponseBodyMimeType text/plain text/html text/xml application/json application/xml
SecAction "id:9990001,phase:1,pass,t:none,nolog,setvar:tx.blocking_paranoia_level=1,setvar:tx.detection_paranoia_level=${paranoia}"
`;
}

export interface SeawallRules {
  readonly folder: string;
  readonly entry: readonly string[];
}

export async function writeSeawallRules(folder: string, setting: RulesSetting): Promise<SeawallRules> {
  const { files, sets } = await crsPolicy(setting);
  writeFiles(folder, files);
  return { folder, entry: sets[0]?.entry ?? [] };
}

const RECOMMENDED = ['/usr/share/nginx/docs/modsecurity', '/etc/nginx'];

/** A file that libmodsecurity 3 takes, with CRS beside it. */
export async function writeModSecurityRules(folder: string, setting: RulesSetting): Promise<string> {
  const recommended = RECOMMENDED.find((path) => existsSync(join(path, 'modsecurity.conf')));
  if (recommended === undefined) throw new Unobtainable('libnginx-mod-http-modsecurity brought no modsecurity.conf');
  const { files, sets } = await crsPolicy(setting);
  const spaced = Object.entries(files).map(([path, text]) => [
    path,
    path.endsWith('.conf') ? withEmptyLines(text) : text,
  ]);
  writeFiles(folder, {
    ...(Object.fromEntries(spaced) as Record<string, string>), // pairs of texts, just made
    'unicode.mapping': readFileSync(join(recommended, 'unicode.mapping'), 'latin1'),
    'engine.conf': readFileSync(join(recommended, 'modsecurity.conf'), 'latin1'),
    'settings.conf': settingsOf(setting),
  });
  const main = join(folder, 'main.conf');
  writeFileSync(main, (sets[0]?.entry ?? []).map((path) => `Include ${folder}/${path}\n`).join(''));
  return main;
}

/** libmodsecurity 3.0.9 misreads a chained rule without actions unless an empty line follows it, and CRS comes here without its comments. */
export function withEmptyLines(text: string): string {
  return text.replaceAll(/(?<!\\)\n/g, '\n\n');
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, 'latin1');
  }
}
