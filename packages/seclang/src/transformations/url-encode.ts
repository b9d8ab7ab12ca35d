/** All but ASCII letters, digits and `*` as `%hh`, a blank as `+`. */
export function urlEncode(value: string): string {
  if (!/[^*0-9A-Za-z]/.test(value)) return value;
  return value.replace(/[^*0-9A-Za-z]/g, (byte) =>
    byte === ' ' ? '+' : `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
