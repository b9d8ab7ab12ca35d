/** ASCII only: bytes above 127 are no letters here. */
export function uppercase(value: string): string {
  if (!/[a-z]/.test(value)) return value;
  return /[\x80-\xff]/.test(value) ? value.replace(/[a-z]+/g, (run) => run.toUpperCase()) : value.toUpperCase();
}
