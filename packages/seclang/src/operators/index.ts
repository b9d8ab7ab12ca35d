import { beginsWith } from './begins-with.ts';
import { noMatch, refused, tableNotGiven, unconditionalMatch } from './constant-operators.ts';
import { containsWord } from './contains-word.ts';
import { contains } from './contains.ts';
import { detectShell } from './detect-shell.ts';
import { detectSQLi } from './detect-sqli.ts';
import { detectXSS } from './detect-xss.ts';
import { endsWith } from './ends-with.ts';
import { ipMatch, ipMatchFromFile } from './ip-match.ts';
import { geoLookup } from './geo-lookup.ts';
import { eq, ge, gt, le, lt } from './number-operators.ts';
import type { OperatorFactory } from './operator.ts';
import { pm, pmFromFile } from './pm.ts';
import { rxGlobal } from './rx-global.ts';
import { rx } from './rx.ts';
import { streq } from './streq.ts';
import { validateByteRange } from './validate-byte-range.ts';
import { validateUrlEncoding } from './validate-url-encoding.ts';
import { validateUtf8Encoding } from './validate-utf8-encoding.ts';
import { verifyCC } from './verify-cc.ts';
import { verifyCPF } from './verify-cpf.ts';
import { verifySSN } from './verify-ssn.ts';
import { verifySVNR } from './verify-svnr.ts';
import { within } from './within.ts';

export { NEEDS_TABLE } from './constant-operators.ts';

const READS_SCHEMAS = 'it would read schemas while a request waits';

const NAMED: Readonly<Record<string, OperatorFactory>> = {
  beginsWith,
  contains,
  containsWord,
  detectShell,
  detectSQLi,
  detectXSS,
  endsWith,
  eq,
  ge,
  geoLookup,
  gt,
  ipMatch,
  ipMatchF: ipMatchFromFile,
  ipMatchFromFile,
  le,
  lt,
  noMatch,
  pm,
  pmf: pmFromFile,
  pmFromFile,
  rbl: tableNotGiven,
  rx,
  rxGlobal,
  streq,
  strmatch: contains,
  unconditionalMatch,
  validateByteRange,
  validateUrlEncoding,
  validateUtf8Encoding,
  verifyCC,
  verifyCPF,
  verifySSN,
  verifySVNR,
  within,
  fuzzyHash: refused(
    'fuzzyHash',
    'it would compare uploads with a database of hashes',
    'Scan uploads outside the request path.',
  ),
  inspectFile: refused('inspectFile', 'rules may not run programs', 'Use @rx or @pm on FILES_TMP_CONTENT instead.'),
  gsbLookup: refused(
    'gsbLookup',
    'it would ask somebody else while a request waits',
    'Use @ipMatchFromFile or @pmFromFile.',
  ),
  rsub: refused(
    'rsub',
    'messages are forwarded as they are or refused, never rewritten',
    'Use @rx and a disruptive action.',
  ),
  validateHash: refused('validateHash', 'links are not signed here', 'Remove the rule.'),
  validateDTD: refused('validateDTD', READS_SCHEMAS, 'Remove the rule, or check XML in the service.'),
  validateSchema: refused('validateSchema', READS_SCHEMAS, 'Remove the rule, or check XML in the service.'),
};

/** As ModSecurity writes them. */
export const OPERATOR_NAMES: readonly string[] = Object.keys(NAMED);

/** By name in lower case, aliases included. */
export const OPERATORS: ReadonlyMap<string, OperatorFactory> = new Map(
  Object.entries(NAMED).map(([name, factory]) => [name.toLowerCase(), factory]),
);
