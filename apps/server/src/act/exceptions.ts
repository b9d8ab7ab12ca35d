import type { Exception, PolicyParts } from '@seawall/contract';
import { fault } from '../fault-table.ts';

// Exceptions are rules made from what an attacker sent: path, rule and target come from a finding. Nothing is escaped;
// whatever is not of the plain form below is refused, so that no text of the attacker can end a string, begin a macro
// or add an action.

export const EXCEPTIONS_FILE = 'seawall/exceptions.conf';
const FIRST_ID = 9_200_000;
/** Rules beyond it are a policy, and belong into rules.yaml. */
export const MAX_EXCEPTIONS = 1000;

const RULE = /^[1-9][0-9]{0,8}$/;
const PATH = /^\/(?:[A-Za-z0-9._~!$&()*+,:@/=;-]|%[0-9A-Fa-f]{2}){0,500}$/;
const TARGET =
  /^(?:ARGS|ARGS_GET|ARGS_POST|ARGS_NAMES|ARGS_GET_NAMES|ARGS_POST_NAMES|REQUEST_COOKIES|REQUEST_COOKIES_NAMES|REQUEST_HEADERS|REQUEST_HEADERS_NAMES|REQUEST_BODY|REQUEST_URI|REQUEST_URI_RAW|REQUEST_FILENAME|REQUEST_BASENAME|REQUEST_LINE|QUERY_STRING|FILES|FILES_NAMES|XML|RESPONSE_BODY|RESPONSE_HEADERS)(?::[A-Za-z0-9_.[\]-]{1,100})?$/;

/** The text of one exception, without its id. Throws Fault `server.exception-not-safe`. */
export function checkException(rule: string, target: string, path: string): void {
  if (!RULE.test(rule)) throw fault('server.exception-not-safe', { part: 'rule id' });
  if (!TARGET.test(target)) throw fault('server.exception-not-safe', { part: 'target' });
  if (!PATH.test(path)) throw fault('server.exception-not-safe', { part: 'path' });
}

export function exceptionText(exception: Pick<Exception, 'rule' | 'target' | 'path'>, index: number): string {
  const { rule, target, path } = exception;
  checkException(rule, target, path);
  return `SecRule REQUEST_FILENAME "@streq ${path}" "id:${FIRST_ID + index},phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById=${rule};${target}"`;
}

/** The rules part with the exceptions that hold now, before all rules that they speak of. */
export function withExceptions(rules: PolicyParts['rules'], exceptions: readonly Exception[]): PolicyParts['rules'] {
  if (exceptions.length === 0) return rules;
  const text = exceptions
    .slice(0, MAX_EXCEPTIONS)
    .map((exception, index) => `${exceptionText(exception, index)}\n`)
    .join('');
  return {
    files: { ...rules.files, [EXCEPTIONS_FILE]: text },
    sets: rules.sets.map((set) =>
      set.entry.includes(EXCEPTIONS_FILE) ? set : { ...set, entry: [EXCEPTIONS_FILE, ...set.entry] },
    ),
  };
}
