export type { Detection } from './detection.ts';
export { detectSqli } from './sql/sqli.ts';
export { detectXss } from './markup/xss.ts';
