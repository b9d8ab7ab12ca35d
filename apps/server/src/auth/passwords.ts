import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { fault } from '../fault-table.ts';

// scrypt (RFC 7914) with N = 2^15, r = 8, p = 1: 32 MiB and about 60 ms each. At most two at a time and sixteen waiting:
// above that an attacker would fill the memory and keep both processors busy by trying passwords.

const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const MAX_RUNNING = 2;
const MAX_WAITING = 16;

let running = 0;
const waiting: (() => void)[] = [];

/** `scrypt$N$r$p$salt$key`, the last two in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Takes the same time when there is no user (hash null) as for a wrong password. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [kind, n, r, p, salt = '', key = ''] = (hash ?? '').split('$');
  const usable = kind === 'scrypt' && Number(n) === COST.N && Number(r) === COST.r && Number(p) === COST.p;
  const expected = usable ? Buffer.from(key, 'base64url') : randomBytes(KEY_BYTES);
  const derived = await derive(password, usable ? Buffer.from(salt, 'base64url') : randomBytes(16));
  return expected.length === derived.length && timingSafeEqual(expected, derived) && usable;
}

async function derive(password: string, salt: Buffer): Promise<Buffer> {
  await enter();
  try {
    return await new Promise((resolve, reject) => {
      // Normalised, so that one password typed on two systems has the same bytes (RFC 8265, section 4).
      scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)));
    });
  } finally {
    running--;
    waiting.shift()?.();
  }
}

async function enter(): Promise<void> {
  if (running >= MAX_RUNNING) {
    if (waiting.length >= MAX_WAITING) throw fault('server.too-busy');
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  }
  running++;
}
