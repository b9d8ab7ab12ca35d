export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:9101`, or `[::1]:9101`. */
export function parseAddress(text: string): Address {
  const at = text.lastIndexOf(':');
  const port = Number(text.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`"${text}" is not host:port`);
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port };
}

/** An address from the environment, loopback unless somebody wrote another one. */
export function addressFrom(variable: string, fallbackPort?: number): Address {
  const text = process.env[variable];
  if (text !== undefined) return parseAddress(text);
  if (fallbackPort === undefined) throw new Error(`${variable} is not set; it holds host:port of a peer`);
  return { host: '127.0.0.1', port: fallbackPort };
}

/** Tells whoever started this process, on one line, that it answers and where. */
export function announce(role: string, server: { address(): unknown }): void {
  process.stdout.write(`${JSON.stringify({ event: 'ready', role, listen: server.address() })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
}
