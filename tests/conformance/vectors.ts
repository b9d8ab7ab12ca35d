import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '@seawall/faults';
import { OPERATORS } from '../../packages/seclang/src/operators/index.ts';
import type { OperatorHit, OperatorRun } from '../../packages/seclang/src/operators/operator.ts';
import { TRANSFORMATIONS } from '../../packages/seclang/src/transformations/index.ts';

// Runs the public SecLang vectors (folders operators/ and transformations/ of JSON files) against the engine's parts:
//   node tests/conformance/vectors.ts --data DIR [--json]
// Exit 0 when nothing failed, 1 when a case failed, 2 when the folder cannot be used.

interface Vector {
  readonly name: string;
  readonly type: 'op' | 'tfn';
  readonly input: string;
  readonly param?: string;
  readonly output?: string;
  readonly ret?: number;
  readonly re_groups?: readonly string[];
}

interface Exception {
  readonly name: string;
  readonly applies: (vector: Vector) => boolean;
  readonly why: string;
  /** What is tested instead: that the argument is refused, or the case with its damage repaired. */
  readonly instead: 'refused' | ((vector: Vector) => Vector);
}

/** Every case whose expectation is not taken literally, and why. */
const EXCEPTIONS: readonly Exception[] = [
  {
    name: 'validateByteRange',
    applies: ({ param }) => param === 'xxx',
    why: 'the reference refuses this list when it loads a rule; only its bare operator goes on with an empty table',
    instead: 'refused',
  },
  {
    name: 'ipMatch',
    applies: ({ param }) => param === '10.0.0.0/100',
    why: 'no IPv4 network has 100 bits; a rule that silently never matches would be worse than one that does not load',
    instead: 'refused',
  },
  {
    name: 'cssDecode',
    applies: ({ input }) => input.includes('\\\0  string'),
    why: 'the escape \\0, which eats the blank behind it, was turned into a backslash and a NUL when the file was made',
    instead: (vector) => ({ ...vector, input: vector.input.replaceAll('\\\0', '\\0') }),
  },
  {
    name: 'escapeSeqDecode',
    applies: ({ input }) => input.includes('\\xga'),
    why: 'xga is no hexadecimal byte, so what the reference reads there is left to chance; kept as text it contradicts the case of a lone \\x',
    instead: (vector) => ({
      ...vector,
      input: vector.input.replace('\\xga', ''),
      output: (vector.output ?? '').replace('\\xga', ''),
    }),
  },
];

const RUN: OperatorRun = { work: { spend: () => undefined, exhausted: false }, macro: () => '' };

/** JSON texts hold UTF-8; the cases write bytes as `\xHH` and code units below 256 as `\uHHHH` inside the text. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/\\x([0-9a-zA-Z]{2})|\\u([0-9a-zA-Z]{4})/g, (whole, byte?: string, unit?: string) => {
      const number = Number.parseInt(byte ?? unit ?? '', 16);
      return Number.isNaN(number) ? whole : String.fromCharCode(number & 0xff);
    });
}

function evaluate(vector: Vector, folder: string): OperatorHit | null {
  const factory = OPERATORS.get(vector.name.toLowerCase());
  if (factory === undefined) throw new Error(`no operator ${vector.name}`);
  const text = Buffer.from(vector.param ?? '', 'utf8').toString('latin1');
  const operator = factory({
    argument: { text, constant: text, expand: () => text },
    file: (name) => readData(folder, name),
  });
  return operator.evaluate(bytesOf(vector.input), RUN, true);
}

/** Cases name data files by their place in the repository they come from; only the last part counts here. */
function readData(folder: string, name: string): string | undefined {
  for (const place of [join(folder, 'operators', 'op'), join(folder, 'data')]) {
    if (readdirSync(place).includes(basename(name))) return readFileSync(join(place, basename(name)), 'latin1');
  }
  return undefined;
}

/** Undefined when the case holds, else what came out. */
function complaint(stated: Vector, folder: string): string | undefined {
  const exception = EXCEPTIONS.find(({ name, applies }) => name === stated.name && applies(stated));
  if (exception?.instead === 'refused') return refusalComplaint(stated, folder);
  const vector = exception === undefined ? stated : exception.instead(stated);
  return vector.type === 'tfn' ? transformationComplaint(vector) : operatorComplaint(vector, folder);
}

function transformationComplaint(vector: Vector): string | undefined {
  const transform = TRANSFORMATIONS.get(vector.name.toLowerCase());
  if (transform === undefined) return `no transformation ${vector.name}`;
  const output = transform(bytesOf(vector.input));
  const expected = bytesOf(vector.output ?? '');
  return output === expected ? undefined : `got ${JSON.stringify(output)}, expected ${JSON.stringify(expected)}`;
}

function operatorComplaint(vector: Vector, folder: string): string | undefined {
  try {
    const hit = evaluate(vector, folder);
    if ((hit !== null) !== (vector.ret === 1))
      return hit === null ? 'did not match' : `matched: ${JSON.stringify(hit)}`;
    return captureComplaint(vector, hit);
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

function refusalComplaint(vector: Vector, folder: string): string | undefined {
  try {
    evaluate(vector, folder);
    return 'was not refused';
  } catch (error) {
    return error instanceof Fault ? undefined : `threw ${String(error)}`;
  }
}

function captureComplaint(vector: Vector, hit: OperatorHit | null): string | undefined {
  if (vector.re_groups === undefined) return undefined;
  const got = (hit?.captures ?? []).map((capture) => capture ?? '');
  const expected = vector.re_groups.map((group) => bytesOf(group));
  // Cases of rxGlobal state the groups of the first matches only.
  if (vector.name === 'rxGlobal') got.length = Math.min(got.length, expected.length);
  return got.join('\0') === expected.join('\0')
    ? undefined
    : `captures ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`;
}

function main(): number {
  const { values } = parseArgs({ options: { data: { type: 'string' }, json: { type: 'boolean', default: false } } });
  const folder = values.data;
  if (folder === undefined || !existsSync(folder)) {
    console.error('Give the folder of the vectors: --data DIR');
    return 2;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const kind of ['operators', 'transformations']) {
    for (const file of readdirSync(join(folder, kind))
      .filter((name) => name.endsWith('.json'))
      .sort()) {
      // The files are the test's own input; a case of another shape fails as a case.
      const vectors = JSON.parse(readFileSync(join(folder, kind, file), 'utf8')) as Vector[];
      for (const [index, vector] of vectors.entries()) {
        const text = complaint(vector, folder);
        counts[text === undefined ? 'passed' : 'failed']++;
        if (text !== undefined && values.json) {
          console.log(JSON.stringify({ event: 'failed', file: `${kind}/${file}`, case: index, text }));
        } else if (text !== undefined) {
          console.log(
            `${kind}/${file} case ${index}: ${JSON.stringify(vector).slice(0, 300)}\n  ${text.slice(0, 600)}`,
          );
        }
      }
    }
  }
  if (!values.json) for (const { name, why } of EXCEPTIONS) console.log(`exception, ${name}: ${why}`);
  if (values.json) console.log(JSON.stringify({ event: 'summary', ...counts, exceptions: EXCEPTIONS.length }));
  // Standard output stays JSON lines when that was asked for.
  const closing = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
  if (values.json) console.error(closing);
  else console.log(closing);
  return counts.failed === 0 ? 0 : 1;
}

process.exitCode = main();
