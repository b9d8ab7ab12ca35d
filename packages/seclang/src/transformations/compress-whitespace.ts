const TOUCHED = /[\t-\r]| {2}/;

/** Each run of C white space becomes one blank. */
export function compressWhitespace(value: string): string {
  return TOUCHED.test(value) ? value.replace(/[\t-\r ]+/g, ' ') : value;
}
