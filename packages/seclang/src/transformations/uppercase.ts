/** ASCII only: bytes above 127 are no letters here. */
export function uppercase(value: string): string {
  return /[a-z]/.test(value) ? value.replace(/[a-z]+/g, (run) => run.toUpperCase()) : value;
}
