import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Fault } from '@seawall/faults';
import { OPERATORS } from '../../../packages/seclang/src/operators/index.ts';
import type { OperatorHit, OperatorRun } from '../../../packages/seclang/src/operators/operator.ts';
import { TRANSFORMATIONS } from '../../../packages/seclang/src/transformations/index.ts';
import type { Report } from './report.ts';

// Runs the public SecLang vectors (folders operators/ and transformations/ of JSON files) against the engine's parts.

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

export function runVectors(folder: string, report: Report): void {
  for (const kind of ['operators', 'transformations']) {
    const files = readdirSync(join(folder, kind)).filter((name) => name.endsWith('.json'));
    for (const file of files.sort()) {
      // The files are the test's own input; a case of another shape fails as a case.
      const vectors = JSON.parse(readFileSync(join(folder, kind, file), 'utf8')) as Vector[];
      for (const [index, vector] of vectors.entries()) {
        const text = complaint(vector, folder);
        const told =
          text === undefined ? '' : `${text.slice(0, 400)}; the case: ${JSON.stringify(vector).slice(0, 300)}`;
        report.case(`${kind}/${file} case ${index}`, text === undefined ? 'passed' : 'failed', told);
      }
    }
  }
  for (const { name, why } of EXCEPTIONS) report.note(`exception, ${name}: ${why}`, { event: 'exception', name, why });
}
