/** Clears the top bit of every byte. */
export function parityZero7bit(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  return value.replace(/[\x80-\xff]/g, (byte) => String.fromCharCode(byte.charCodeAt(0) & 0x7f));
}
