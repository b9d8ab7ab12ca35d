/** Exit codes of every Seawall command; documented in docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** The command worked and found something above the threshold that was asked for. */
  findings: 1,
  /** The arguments or a configuration file are wrong. */
  usage: 2,
  /** The server, engine or file that is needed cannot be reached. */
  unreachable: 3,
  /** Seawall itself failed. */
  internal: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
