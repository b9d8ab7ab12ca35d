import { z } from 'zod';
import { CONFIG_FILES, type ConfigFileName } from './load.ts';

/** The published JSON Schema of one file; docs/schemas/ holds them, a test keeps them in step. */
export function configSchema(name: ConfigFileName): object {
  const schema = z.toJSONSchema(CONFIG_FILES[name] as z.ZodType, { io: 'input', target: 'draft-2020-12' });
  return { $id: `https://seawall.example/schemas/${name.replace('.yaml', '')}.json`, title: name, ...schema };
}
