import { watch } from 'node:fs';
import { loadConfiguration, type Loaded } from './load.ts';

/** Editors write a file in several steps; what they leave after this long is what was meant. */
const SETTLE_MS = 300;

/**
 * Calls back with the freshly loaded configuration whenever a YAML or rule file of the folder changed. The caller keeps
 * the old one in force when the new one has problems.
 */
export function watchConfiguration(
  folder: string,
  dataFolder: string,
  changed: (loaded: Loaded) => void,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, { persistent: false, recursive: true }, (_event, name) => {
    if (name !== null && !/\.(ya?ml|conf|data)$/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => changed(loadConfiguration(folder, dataFolder)), SETTLE_MS);
  });
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
