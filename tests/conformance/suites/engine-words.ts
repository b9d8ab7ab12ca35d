// The engine's own statements about bodies and about rule files, and what ModSecurity calls the same thing.

/** By MultipartFlags. */
export const MULTIPART_WARNINGS: Readonly<Record<string, string>> = {
  boundaryQuoted: 'boundary was quoted',
  boundaryWhitespace: 'boundary whitespace in C-T header',
  dataBefore: 'seen data before first boundary',
  dataAfter: 'seen data after last boundary',
  headerFolding: 'header folding used',
  lfLine: 'incorrect line endings used (LF)',
  missingSemicolon: 'missing semicolon in C-T header',
  invalidQuoting: 'invalid quoting used',
  invalidPart: 'invalid part parsing',
  invalidHeaderFolding: 'invalid header folding used',
  extendedNameOnly: 'no filename= but filename*',
};

/** Deviations that are no error. */
export const NOTES: Readonly<Record<string, string>> = {
  case: 'Multipart: Invalid boundary in C-T (case sensitivity).',
  parameterAfter: 'Multipart: Invalid parameter after boundary in C-T (tolerated)',
  noParts: 'Multipart: No boundaries found in payload.',
};

/** What REQBODY_ERROR_MSG says. */
export const BODY_ERRORS: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^Request body without files is longer/, 'Request body excluding files is bigger than the maximum expected.'],
  [/more than \d+ (?:arguments|items|values|parts)/, 'Skipping request argument, over limit'],
  [/^XML: /, 'XML parsing error: XML: Failed parsing document.'],
  [/^Multipart: final boundary missing/, 'Multipart parsing error: Multipart: Final boundary missing.'],
  [/^Multipart: part missing Content-Disposition/, 'Multipart: Part missing Content-Disposition header.'],
  [/\(character set of an extended name/, 'Multipart: Invalid Content-Disposition header (-16).'],
  [/\(language of an extended name/, 'Multipart: Invalid Content-Disposition header (-17).'],
  [/\(encoding of an extended name/, 'Multipart: Invalid Content-Disposition header (-18).'],
  [/^Multipart: invalid Content-Disposition/, 'Multipart: Invalid Content-Disposition header.'],
  [/^Multipart: Content-Disposition header missing name/, 'Multipart: Content-Disposition header missing name field.'],
  [/^Multipart: Invalid part header \(header name missing/, 'Multipart: Invalid part header (header name missing).'],
  [/^Multipart: duplicate name in Content-Disposition/, 'Multipart: Duplicate Content-Disposition name.'],
  [/^Multipart: multiple boundary/, 'Multipart: Multiple boundary parameters in C-T.'],
  [/^Multipart: invalid boundary in Content-Type \(malformed/, 'Multipart: Invalid boundary in C-T (malformed).'],
  [
    /^Multipart: invalid boundary in Content-Type \(parameter name/,
    'Multipart: Invalid boundary in C-T (parameter name).',
  ],
  [/^Multipart: invalid boundary in Content-Type \(quote/, 'Multipart: Invalid boundary in C-T (quote).'],
  [/^Multipart: invalid boundary in Content-Type \(characters/, 'Multipart: Invalid boundary in C-T (characters).'],
];

/** Lines of the debug log that tell of a faulty rule: here loading refuses it. */
export const REFUSED_WHILE_RUNNING: readonly (readonly [theirs: RegExp, ours: RegExp])[] = [
  [/^Error with regular expression/, /^seclang\.pattern-invalid /],
];

/** What loading says: patterns over `code text` of a problem. */
export const REFUSALS: readonly (readonly [theirs: RegExp, ours: RegExp])[] = [
  [/must specify a disruptive action/, /^seclang\.bad-default-action .*disruptive/],
  [/does not seems to be a valid rule id/, /^seclang\.bad-action-value .*id:/],
  [
    /Expecting an action, got/,
    /^seclang\.(?:bad-action-value|bad-action|unterminated-quote|unknown-action|wrong-form) /,
  ],
  [/^XMLS:/, /^seclang\.bad-xmlns /],
  [/Not able to open file|Looking at:.*conasdffig/, /^seclang\.file-missing /],
  [/is duplicated/, /^seclang\.duplicate-id /],
  [/transformation none is not suitable/, /^seclang\.bad-default-action .*none/],
  [/action 'id' is not suitable/, /^seclang\.bad-default-action .*id/],
  [/can only be placed once per phase/, /^seclang\.default-action-twice /],
  [/unicode map file/, /^seclang\.file-missing /],
  [/^Invalid input: +SecUnicodeMapFile/, /^seclang\.bad-directive-value /],
  [/Looking at: 'file-not-found/, /^seclang\.operator-file-missing /],
  [/is not supported by libModSecurity/, /^seclang\.refused-variable /],
  [/exec: Expecting a Lua script/, /^seclang\.refused-action /],
  [/Failed to load script/, /^seclang\.refused-directive /],
  [/Failed to download/, /^seclang\.refused-directive /],
];
