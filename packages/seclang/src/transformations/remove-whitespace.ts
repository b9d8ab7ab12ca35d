/** Removes C white space and the byte 0xa0 (no-break space in Latin-1). */
export function removeWhitespace(value: string): string {
  return /[\t-\r \xa0]/.test(value) ? value.replace(/[\t-\r \xa0]+/g, '') : value;
}
