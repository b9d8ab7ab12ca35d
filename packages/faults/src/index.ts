export { Fault, faultsOf, type FaultRow, type FaultSource, type FaultTable } from './fault.ts';
export { Redacted } from './redacted.ts';
export { EXIT, type ExitCode } from './exit-code.ts';
export { formatProblem, nearest, visible, type Problem } from './problem.ts';
