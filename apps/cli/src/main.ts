import { EXIT, Fault, visible, type FaultRow } from '@seawall/faults';
import { CommanderError } from 'commander';
import { visibleLines } from './print.ts';
import { program } from './program.ts';

// `seawall findings | head -1`: a reader that has seen enough is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

try {
  await program().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Help and version are no errors; usage errors were printed by commander.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof Fault) {
    process.stderr.write(`seawall: ${visible(error.row.text)} [${error.code}]\n`);
    return exitCodeOf(error.row);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`seawall: ${visibleLines(text)}\n`);
  return EXIT.internal;
}

function exitCodeOf({ source, retryable }: FaultRow): number {
  switch (source) {
    case 'client':
    case 'operator':
      return EXIT.usage;
    case 'upstream':
      return EXIT.unreachable;
    case 'us':
      return retryable ? EXIT.unreachable : EXIT.internal;
    default:
      return source satisfies never;
  }
}
