export {
  CONFIG_FILES,
  loadConfiguration,
  loadFile,
  type ConfigFileName,
  type Configuration,
  type Loaded,
} from './load.ts';
export { watchConfiguration } from './watch.ts';
export { configSchema } from './schemas.ts';
export { EXCEPTIONS_FILE, installedCrs, type InstalledCrs } from './rule-files.ts';
export { readYaml, type YamlFile } from './yaml-file.ts';
