/** 256 cells, 1 for each byte of the class. */
export function byteClass(bytes: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (bytes.test(String.fromCharCode(byte)) ? 1 : 0));
}

/** What each byte becomes: itself, or what `change` says. */
export function byteMap(change: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => change(byte));
}
