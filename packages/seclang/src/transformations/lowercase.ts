/** ASCII only: bytes above 127 are no letters here. */
export function lowercase(value: string): string {
  if (!/[A-Z]/.test(value)) return value;
  return /[\x80-\xff]/.test(value) ? value.replace(/[A-Z]+/g, (run) => run.toLowerCase()) : value.toLowerCase();
}
