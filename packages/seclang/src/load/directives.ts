import { Fault } from '@seawall/faults';
import { compilePattern } from '../regex/index.ts';
import type { DirectiveNode } from '../language/ast.ts';
import type { Complaints } from '../language/complaints.ts';
import type { EngineSettings } from './settings.ts';

type Setter = (settings: EngineSettings, node: DirectiveNode, complaints: Complaints) => void;

const first = (node: DirectiveNode): string => node.words[0]?.text ?? '';

function choice(allowed: readonly string[], set: (settings: EngineSettings, value: string) => void): Setter {
  return (settings, node, complaints) => {
    const value = first(node).toLowerCase();
    if (allowed.includes(value)) set(settings, value);
    else
      complaints.unknown(
        'bad-directive-value',
        node.words[0]?.at ?? node.at,
        `value of ${node.name}`,
        first(node),
        allowed,
      );
  };
}

function amount(set: (settings: EngineSettings, value: number) => void): Setter {
  return (settings, node, complaints) => {
    if (/^\d{1,12}$/.test(first(node))) set(settings, Number(first(node)));
    else {
      complaints.error({
        code: 'bad-directive-value',
        at: node.words[0]?.at ?? node.at,
        text: `${node.name} takes a whole number, not "${first(node).slice(0, 60)}"`,
      });
    }
  };
}

function refused(instead: string): Setter {
  return (_settings, node, complaints) => {
    complaints.error({
      code: 'refused-directive',
      at: node.at,
      text: `${node.name} is not available here`,
      hint: instead,
    });
  };
}

function relevantStatus(settings: EngineSettings, node: DirectiveNode, complaints: Complaints): void {
  try {
    settings.auditRelevantStatus = compilePattern(first(node), {});
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    complaints.error({ code: 'bad-directive-value', at: node.words[0]?.at ?? node.at, text: error.row.text });
  }
}

const ON_OFF = ['on', 'off'];

const SETTERS: readonly (readonly [name: string, setter: Setter])[] = [
  [
    'SecRuleEngine',
    choice(['on', 'off', 'detectiononly'], (settings, value) => {
      settings.ruleEngine = value === 'on' || value === 'off' ? value : 'detect';
    }),
  ],
  ['SecRequestBodyAccess', choice(ON_OFF, (settings, value) => (settings.requestBodyAccess = value === 'on'))],
  ['SecResponseBodyAccess', choice(ON_OFF, (settings, value) => (settings.responseBodyAccess = value === 'on'))],
  ['SecRequestBodyLimit', amount((settings, value) => (settings.requestBodyLimit = value))],
  [
    'SecRequestBodyLimitAction',
    choice(['reject', 'processpartial'], (settings, value) => {
      settings.requestBodyLimitAction = value === 'reject' ? 'reject' : 'processpartial';
    }),
  ],
  ['SecRequestBodyNoFilesLimit', amount((settings, value) => (settings.requestBodyNoFilesLimit = value))],
  ['SecResponseBodyLimit', amount((settings, value) => (settings.responseBodyLimit = value))],
  [
    'SecResponseBodyLimitAction',
    choice(['reject', 'processpartial'], (settings, value) => {
      settings.responseBodyLimitAction = value === 'reject' ? 'reject' : 'processpartial';
    }),
  ],
  [
    'SecResponseBodyMimeType',
    (settings, node) => (settings.responseMimeTypes = new Set(node.words.map((word) => word.text.toLowerCase()))),
  ],
  ['SecResponseBodyMimeTypesClear', (settings) => settings.responseMimeTypes.clear()],
  ['SecArgumentsLimit', amount((settings, value) => (settings.argumentsLimit = value))],
  [
    'SecArgumentSeparator',
    (settings, node, complaints) => {
      if (first(node).length === 1) settings.argumentSeparator = first(node);
      else
        complaints.error({
          code: 'bad-directive-value',
          at: node.at,
          text: 'SecArgumentSeparator takes one character',
        });
    },
  ],
  ['SecRequestBodyJsonDepthLimit', amount((settings, value) => (settings.jsonDepthLimit = value))],
  ['SecCollectionTimeout', amount((settings, value) => (settings.collectionTimeoutSeconds = value))],
  ['SecComponentSignature', (settings, node) => settings.signatures.push(first(node))],
  ['SecWebAppId', (settings, node) => (settings.webAppId = first(node))],
  [
    'SecAuditEngine',
    choice(['on', 'off', 'relevantonly'], (settings, value) => {
      settings.auditEngine = value === 'on' || value === 'off' ? value : 'relevantonly';
    }),
  ],
  ['SecAuditLogRelevantStatus', relevantStatus],
  ['SecUploadFileLimit', amount((settings, value) => (settings.uploadFileLimit = value))],
  ['SecRuleScript', refused('write the check as SecRule, or as a playbook that acts outside the request path')],
  ['SecRemoteRules', refused('install the rules as files; `seawall rules install` checks their origin')],
];

/** Accepted, because configurations carry them; each says why it has no effect here. */
const WITHOUT_EFFECT: readonly (readonly [why: string, names: string])[] = [
  [
    'where and how audit logs are written is set in gateway.yaml',
    `SecAuditLog SecAuditLog2 SecAuditLogDirMode SecAuditLogFileMode SecAuditLogFormat SecAuditLogParts SecAuditLogPrefix
     SecAuditLogStorageDir SecAuditLogType SecGuardianLog`,
  ],
  ['there is no debug log; `seawall explain` shows what each rule did', 'SecDebugLog SecDebugLogLevel'],
  [
    'nothing is written to a disk while a request waits',
    `SecDataDir SecTmpDir SecTmpSaveUploadedFiles SecUploadDir SecUploadFileMode SecUploadKeepFiles SecRequestBodyInMemoryLimit
     SecChrootDir`,
  ],
  [
    'patterns are matched in linear time, and the work of a transaction is bounded as a whole',
    'SecPcreMatchLimit SecPcreMatchLimitRecursion SecCacheTransformations SecRulePerfTime',
  ],
  [
    'limits on connections are set in gateway.yaml',
    'SecConnEngine SecConnReadStateLimit SecConnWriteStateLimit SecReadStateLimit SecWriteStateLimit',
  ],
  [
    'answers are forwarded as they are or replaced, never rewritten',
    `SecContentInjection SecDisableBackendCompression SecServerSignature SecStreamInBodyInspection SecStreamOutBodyInspection
     SecHashEngine SecHashKey SecHashMethodPm SecHashMethodRx SecHashParam`,
  ],
  ['lookups elsewhere would keep a request waiting', 'SecGsbLookupDb SecHttpBlKey SecRemoteRulesFailAction'],
  ['cookies are read as browsers send them', 'SecCookieFormat SecCookieV0Separator'],
  ['entities are never expanded and nothing outside a document is read', 'SecXmlExternalEntity'],
  ['XML is looked at through the variable XML', 'SecParseXmlIntoArgs'],
  ['what happens when inspection fails is set for each route', 'SecInterceptOnError'],
  ['a rule set has one context', 'SecRuleInheritance'],
  ['the table of SecUnicodeMapFile is enough', 'SecUnicodeCodePage SecUnicodeMap'],
  ['nothing is sent to anybody', 'SecSensorId SecStatusEngine'],
];

const withoutEffect =
  (why: string): Setter =>
  (_settings, node, complaints) => {
    complaints.warn({ code: 'no-effect', at: node.at, text: `${node.name} has no effect here: ${why}` });
  };

const IGNORED: readonly (readonly [name: string, setter: Setter])[] = WITHOUT_EFFECT.flatMap(([why, names]) =>
  names.split(/\s+/).map((name): [string, Setter] => [name, withoutEffect(why)]),
);

/** By lower-case name; those that concern rules are the loader's. */
export const SETTING_DIRECTIVES: ReadonlyMap<string, Setter> = new Map([
  ...SETTERS.map(([name, setter]): [string, Setter] => [name.toLowerCase(), setter]),
  ...IGNORED.map(([name, setter]): [string, Setter] => [name.toLowerCase(), setter]),
]);

export const SETTING_NAMES: readonly string[] = [...SETTERS, ...IGNORED].map(([name]) => name);

/** Names that are accepted and do nothing. */
export const IGNORED_NAMES: readonly string[] = IGNORED.map(([name]) => name);
