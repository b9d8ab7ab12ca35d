import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { EXIT } from '@seawall/faults';

export type Texts<N extends string> = { readonly [name in N]?: string };

/** `--json` and options that take a text; whatever else stands on the command line ends the bench with the usage. */
export function readArguments<N extends string>(
  bench: string,
  options: Readonly<Record<N, string>>,
): { readonly json: boolean; readonly texts: Texts<N> } {
  const config: ParseArgsOptionsConfig = { json: { type: 'boolean' }, help: { type: 'boolean' } };
  for (const name of Object.keys(options)) config[name] = { type: 'string' };
  try {
    const { json, help, ...texts } = parseArgs({ options: config, strict: true }).values;
    if (help !== true) return { json: json === true, texts: texts as Texts<N> }; // `strict` lets nothing else through
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  const lines = Object.entries({ json: 'a line of JSON a figure', ...options }).map(
    ([name, text]) => `  --${name.padEnd(10)}${String(text)}`,
  );
  console.error(`npm run bench -- ${bench}\n${lines.join('\n')}`);
  return process.exit(EXIT.usage);
}
