/** Rule archives hold a few hundred small files; larger ones are something else, or a bomb. */
const MAX_ENTRIES = 5000;
const MAX_TOTAL_BYTES = 64 * 1_048_576;
const BLOCK = 512;

/** Regular files of an uncompressed ustar archive (POSIX 1003.1, "ustar Interchange Format"). Links and devices are left out. */
export function* readTar(archive: Buffer): Generator<{ path: string; data: Buffer }> {
  let offset = 0;
  let total = 0;
  for (let entries = 0; offset + BLOCK <= archive.length; entries++) {
    if (entries > MAX_ENTRIES) throw new Error(`more than ${MAX_ENTRIES} entries`);
    const header = archive.subarray(offset, offset + BLOCK);
    if (header[0] === 0) return;
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('an entry has no valid size');
    total += size;
    if (total > MAX_TOTAL_BYTES) throw new Error(`more than ${MAX_TOTAL_BYTES} bytes`);
    const start = offset + BLOCK;
    if (start + size > archive.length) throw new Error('the archive ends within an entry');
    const prefix = text(header, 345, 155);
    const name = text(header, 0, 100);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === '0' || type === '\0') {
      yield { path: prefix === '' ? name : `${prefix}/${name}`, data: archive.subarray(start, start + size) };
    }
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end);
}
