import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KiB: 1024,
  MB: 1e6,
  MiB: 1_048_576,
  GB: 1e9,
  GiB: 1_073_741_824,
};

/** `500ms`, `30s`, `10m`, `2h`, `7d`; in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, 'a time such as 500ms, 30s, 10m, 2h or 7d is needed')
  .transform((text) => {
    const [, amount = '0', unit = 'ms'] = /^(\d+)(\w+)$/.exec(text) ?? [];
    return Number(amount) * (UNITS[unit] ?? 1);
  });

/** `64KiB`, `10MB`; in bytes. */
export const size = z
  .string()
  .regex(/^\d{1,12}(B|kB|KiB|MB|MiB|GB|GiB)$/, 'a size such as 64KiB, 10MB or 1GiB is needed')
  .transform((text) => {
    const [, amount = '0', unit = 'B'] = /^(\d+)(\w+)$/.exec(text) ?? [];
    return Number(amount) * (SIZES[unit] ?? 1);
  });

/** `127.0.0.1:8080`, `[::1]:8080`, `chat:8080`. */
export const hostPort = z
  .string()
  .max(300)
  .regex(/^(\[[0-9A-Fa-f:.]+\]|[^\s:[\]]+):\d{1,5}$/, 'an address with a port is needed, such as 127.0.0.1:8080')
  .transform((text, context) => {
    const split = text.lastIndexOf(':');
    const port = Number(text.slice(split + 1));
    if (port > 65_535) context.addIssue({ code: 'custom', message: 'a port is at most 65535' });
    return { address: text.slice(0, split).replace(/^\[|\]$/g, ''), port };
  });

export const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name of letters, digits, dots, dashes and underscores is needed');

/** `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`. */
export const network = z.string().refine((text) => {
  const [address = '', bits, ...more] = text.split('/');
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128));
}, 'an address or a network is needed, such as 10.0.0.0/8 or 2001:db8::/32');
