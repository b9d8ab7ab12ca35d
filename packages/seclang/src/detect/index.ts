export type { Detection } from './detection.ts';
export { detectShell } from './shell/shell.ts';
export { detectSqli } from './sql/sqli.ts';
export { detectXss } from './markup/xss.ts';
