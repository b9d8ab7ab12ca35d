import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { fault } from '../faults.ts';

// Files of rule cases. Three forms, told apart by their shape: CRS's (`tests` with `stages`, each bare or below `stage`), Seawall's own (a list of
// `rule` with `fires` and `silent`), and groups of ordinary values about which no rule may speak.

/** What a stage sends. Only the fields that the CRS tests use. */
export interface StageInput {
  readonly method?: string;
  readonly uri?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** A list is joined by line ends. */
  readonly data?: string | readonly string[];
  readonly encoded_request?: string;
  readonly raw_request?: string;
  readonly autocomplete_headers?: boolean;
  readonly stop_magic?: boolean;
}

export interface StageOutput {
  readonly status?: number | readonly number[];
  readonly retry_once?: boolean;
  readonly log?: {
    readonly expect_ids?: readonly number[];
    readonly no_expect_ids?: readonly number[];
    readonly match_regex?: string;
    readonly no_match_regex?: string;
  };
  /** CRS 3.3. */
  readonly log_contains?: string;
  readonly no_log_contains?: string;
  readonly expect_error?: boolean;
}

export interface Stage {
  readonly input: StageInput;
  readonly output: StageOutput;
}

export type RuleCase =
  | {
      readonly kind: 'stages';
      /** `920100-2`. */
      readonly name: string;
      readonly stages: readonly Stage[];
      /** CRS 3.3 was written for a runner that adds no Content-Length to an empty body. */
      readonly era: 3 | 4;
    }
  | {
      readonly kind: 'value';
      readonly name: string;
      readonly rule: number;
      readonly place: string;
      readonly value: string;
      readonly fires: boolean;
    }
  | { readonly kind: 'ordinary'; readonly name: string; readonly value: string };

/** Larger files are no cases; the parser would take seconds for them. */
const MAX_FILE_BYTES = 8 * 1_048_576;

/** All cases of files and folders, in the order of their names. Throws `cli.case-file` for a file of no known form. */
export function readCases(paths: readonly string[]): RuleCase[] {
  return paths.flatMap(caseFiles).flatMap((path) => casesOf(path, readYaml(path)));
}

function caseFiles(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return [path];
  const files = globSync('**/*.{yaml,yml}', { cwd: path }).toSorted();
  if (files.length === 0) throw fault('cli.case-file', { path, reason: 'there is no *.yaml in it' });
  return files.map((name) => join(path, name));
}

function readYaml(path: string): unknown {
  let text: string;
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_FILE_BYTES) throw new Error('it is too large');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fault('cli.unreadable', { path, reason: error instanceof Error ? error.message : String(error) }, error);
  }
  try {
    return parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
    throw fault('cli.case-file', { path, reason }, error);
  }
}

function casesOf(path: string, content: unknown): RuleCase[] {
  // CRS has files whose tests were all commented out.
  if (content === null || (isRecord(content) && content['tests'] === null)) return [];
  if (isRecord(content) && Array.isArray(content['tests']))
    return content['tests'].map((test) => stagesOf(path, content, test));
  if (Array.isArray(content)) return content.flatMap((entry) => valuesOf(path, entry));
  const groups = isRecord(content) ? Object.entries(content) : [];
  if (groups.length === 0 || !groups.every(([, values]) => isTexts(values))) {
    throw fault('cli.case-file', { path, reason: 'it has neither tests, nor rules with cases, nor groups of values' });
  }
  return groups.flatMap(
    ([group, values]) =>
      (values as string[]).map((value, index): RuleCase => ({
        kind: 'ordinary',
        name: `${group}-${index + 1}`,
        value,
      })), // isTexts looked
  );
}

function stagesOf(path: string, file: Readonly<Record<string, unknown>>, test: unknown): RuleCase {
  if (!isRecord(test)) throw fault('cli.case-file', { path, reason: 'a test is no mapping' });
  const title = test['test_title'];
  const name =
    typeof title === 'string' ? title : `${String(file['rule_id'] ?? '?')}-${String(test['test_id'] ?? '?')}`;
  const stages: unknown[] = Array.isArray(test['stages']) ? test['stages'] : [];
  return {
    kind: 'stages',
    name,
    era: typeof title === 'string' ? 3 : 4,
    stages: stages.map((stage) => stageOf(path, name, stage)),
  };
}

function stageOf(path: string, name: string, stage: unknown): Stage {
  const inner = isRecord(stage) && isRecord(stage['stage']) ? stage['stage'] : stage;
  if (!isRecord(inner) || !isRecord(inner['input'])) {
    throw fault('cli.case-file', { path, reason: `a stage of ${name} has no input` });
  }
  // Their fields are CRS's; one of another type makes its case fail.
  return { input: inner['input'] as StageInput, output: (inner['output'] ?? {}) as StageOutput };
}

function valuesOf(path: string, entry: unknown): RuleCase[] {
  const rule = isRecord(entry) ? entry['rule'] : undefined;
  if (!isRecord(entry) || typeof rule !== 'number') {
    throw fault('cli.case-file', { path, reason: 'an entry of the list names no rule' });
  }
  return [true, false].flatMap((fires) => {
    const word = fires ? 'fires' : 'silent';
    const list: unknown = entry[word] ?? [];
    if (!Array.isArray(list)) throw fault('cli.case-file', { path, reason: `${word} of rule ${rule} is no list` });
    return list.map((one: unknown, index): RuleCase => {
      const place = isRecord(one) ? one['in'] : undefined;
      const value = isRecord(one) ? one['value'] : undefined;
      if (typeof place !== 'string' || typeof value !== 'string') {
        throw fault('cli.case-file', { path, reason: `a case of rule ${rule} lacks \`in\` or \`value\`` });
      }
      return { kind: 'value', name: `${rule}-${word}-${index + 1}`, rule, place, value, fires };
    });
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
