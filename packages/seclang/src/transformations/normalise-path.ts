const TOUCHED = /^\.|\/[./]/;

/**
 * Removes empty and `.` segments and resolves `..`; what climbs above the root of an absolute path is dropped, above a
 * relative one kept. A slash ends the result only when it ended the value.
 */
export function normalisePath(value: string): string {
  if (!TOUCHED.test(value)) return value;
  const kept: string[] = [];
  const absolute = value.startsWith('/');
  for (const segment of value.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!absolute) kept.push(segment);
  }
  const path = (absolute ? '/' : '') + kept.join('/');
  return value.endsWith('/') && kept.length > 0 ? `${path}/` : path;
}
