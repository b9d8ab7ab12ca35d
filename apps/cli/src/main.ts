import { Fault, EXIT } from '@seawall/faults';
import { CommanderError } from 'commander';
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
    process.stderr.write(`seawall: ${error.row.text} [${error.code}]\n`);
    if (error.row.source === 'operator') return EXIT.usage;
    return error.row.retryable ? EXIT.unreachable : EXIT.internal;
  }
  process.stderr.write(`seawall: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.internal;
}
