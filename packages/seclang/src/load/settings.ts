import type { GeoTable } from '../operators/geo-database.ts';

/** What directives set for the whole engine. */
export interface EngineSettings {
  /** `SecRuleEngine`. Information only: the mode of a route decides, see ConnectionFacts.engine. */
  ruleEngine: 'on' | 'detect' | 'off' | undefined;
  requestBodyAccess: boolean;
  responseBodyAccess: boolean;
  requestBodyLimit: number;
  /** Of a body without its files; more is an error of the body. */
  requestBodyNoFilesLimit: number;
  requestBodyLimitAction: 'reject' | 'processpartial';
  responseBodyLimit: number;
  responseBodyLimitAction: 'reject' | 'processpartial';
  responseMimeTypes: Set<string>;
  /** More arguments than this are not looked at; a default rule refuses such requests. */
  argumentsLimit: number;
  argumentSeparator: string;
  jsonDepthLimit: number;
  xmlDepthLimit: number;
  webAppId: string;
  /** Undefined = values without expirevar stay. */
  collectionTimeoutSeconds: number | undefined;
  signatures: string[];
  /** `SecAuditEngine`; undefined = off. */
  auditEngine: 'on' | 'off' | 'relevantonly' | undefined;
  auditRelevantStatus: { test(status: string): boolean } | undefined;
  /** Of SecGeoLookupDb. */
  geo: GeoTable | undefined;
  /** Of SecUnicodeMapFile. */
  unicodeMap: ReadonlyMap<number, number> | undefined;
  /** More files than this in one multipart body are not taken apart. */
  uploadFileLimit: number;
}

export function defaultSettings(): EngineSettings {
  return {
    ruleEngine: undefined,
    requestBodyAccess: true,
    responseBodyAccess: false,
    requestBodyLimit: 13_107_200,
    requestBodyNoFilesLimit: Number.POSITIVE_INFINITY,
    requestBodyLimitAction: 'reject',
    responseBodyLimit: 524_288,
    responseBodyLimitAction: 'processpartial',
    responseMimeTypes: new Set(['text/plain', 'text/html', 'text/xml']),
    argumentsLimit: 1000,
    argumentSeparator: '&',
    jsonDepthLimit: 512,
    xmlDepthLimit: 512,
    webAppId: '',
    collectionTimeoutSeconds: undefined,
    signatures: [],
    auditEngine: undefined,
    auditRelevantStatus: undefined,
    geo: undefined,
    unicodeMap: undefined,
    uploadFileLimit: 100,
  };
}
