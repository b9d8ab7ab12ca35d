import { joinPath } from '../compile/compile-rule.ts';

/** The files that `pattern` means, seen from `folder`, in byte order. `*` and `?` match within one path segment. */
export function matchFiles(files: ReadonlyMap<string, string>, folder: string, pattern: string): string[] {
  const path = joinPath(folder, pattern);
  if (!/[*?]/.test(path)) return files.has(path) ? [path] : files.has(pattern) ? [pattern] : [];
  const expression = new RegExp(
    `^${path
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replace(/\?/g, '[^/]')}$`,
  );
  return [...files.keys()].filter((name) => expression.test(name)).sort();
}
