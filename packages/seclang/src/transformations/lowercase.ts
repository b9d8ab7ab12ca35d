/** ASCII only: bytes above 127 are no letters here. */
export function lowercase(value: string): string {
  return /[A-Z]/.test(value) ? value.replace(/[A-Z]+/g, (run) => run.toLowerCase()) : value;
}
