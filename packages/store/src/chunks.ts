/** Databases bound the values of one statement (SQLite: 32,766), so long lists are asked in parts. */
export function* chunks<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < list.length; start += size) yield list.slice(start, start + size);
}
