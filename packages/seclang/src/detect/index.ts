export type { Detection } from './detection.ts';
export type { Effort } from './effort.ts';
export { SQLI_NEEDS, SQLI_REQUIRES, XSS_NEEDS, XSS_REQUIRES } from './needs.ts';
export type { Needs } from './needs.ts';
export { detectShell } from './shell/shell.ts';
export { detectSqli } from './sql/sqli.ts';
export { detectXss } from './markup/xss.ts';
