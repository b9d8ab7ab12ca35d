import { WORDS } from './invented-words.ts';
import { Seeded } from './random.ts';

// The machine that a diverted attacker believes to be on. Everything comes from the session's seed: the same file has the
// same content twice, and each session has credentials of its own (honey tokens), so that their use shows who learnt them.

export interface HoneyTokens {
  readonly databasePassword: string;
  readonly apiKey: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const ALPHANUMERIC = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

export function honeyTokens(seed: string): HoneyTokens {
  const random = new Seeded(`${seed}\u0000honey`);
  return {
    databasePassword: random.text(ALPHANUMERIC, 18),
    apiKey: `key_${random.hex(32)}`,
    accessKeyId: `AKIA${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    secretAccessKey: random.text(`${ALPHANUMERIC}+/`, 40),
  };
}

interface Host {
  readonly name: string;
  readonly account: string;
  readonly address: string;
}

function hostOf(seed: string): Host {
  const random = new Seeded(`${seed}\u0000host`);
  return {
    name: `${random.pick(WORDS)}-${random.whole(1, 9)}`,
    account: random.pick(WORDS),
    address: `10.${random.whole(10, 60)}.${random.whole(0, 250)}.${random.whole(2, 250)}`,
  };
}

/** The content of a file; undefined when this host has no such file. */
export function fakeFile(path: string, seed: string): string | undefined {
  const host = hostOf(seed);
  const tokens = honeyTokens(seed);
  const lower = path.toLowerCase();
  if (lower.endsWith('/passwd')) return passwd(host);
  if (lower.endsWith('/shadow')) return undefined;
  if (lower.endsWith('/hosts')) return `127.0.0.1\tlocalhost\n::1\tlocalhost\n${host.address}\t${host.name}\n`;
  if (lower.endsWith('/hostname')) return `${host.name}\n`;
  if (lower.endsWith('/os-release'))
    return 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n';
  if (lower.endsWith('/environ'))
    return `PATH=/usr/local/bin:/usr/bin:/bin\0HOSTNAME=${host.name}\0DB_PASSWORD=${tokens.databasePassword}\0`;
  if (lower.endsWith('win.ini')) return '; for 16-bit app support\r\n[fonts]\r\n[extensions]\r\n[files]\r\n';
  if (lower.includes('/.ssh/')) return undefined;
  if (lower.includes('/log/')) return accessLog(host, seed);
  if (/\.env\b|config|settings|secret|credential|\.ya?ml$|\.ini$|\.conf$|\.env$/.test(lower))
    return config(host, tokens);
  if (/\.(?:js|ts|py|php|rb|java)$/.test(lower)) return undefined;
  return undefined;
}

function passwd(host: Host): string {
  return `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
${host.account}:x:1000:1000:${host.account},,,:/home/${host.account}:/bin/bash
`;
}

function config(host: Host, tokens: HoneyTokens): string {
  return `APP_ENV=production
DB_HOST=${host.address}
DB_PORT=5432
DB_NAME=app
DB_USER=${host.account}
DB_PASSWORD=${tokens.databasePassword}
API_KEY=${tokens.apiKey}
AWS_ACCESS_KEY_ID=${tokens.accessKeyId}
AWS_SECRET_ACCESS_KEY=${tokens.secretAccessKey}
`;
}

function accessLog(host: Host, seed: string): string {
  const random = new Seeded(`${seed}\u0000log`);
  const line = (): string =>
    `${host.address.replace(/\d+$/, String(random.whole(2, 250)))} - - "GET /${random.pick(WORDS)} HTTP/1.1" 200 ${random.whole(200, 9000)}`;
  return `${Array.from({ length: 8 }, line).join('\n')}\n`;
}

/** What a shell command prints. */
export function fakeCommand(command: string, seed: string): string {
  const host = hostOf(seed);
  const [program = '', ...rest] = command.trim().split(/\s+/);
  const name = program.replace(/^.*\//, '');
  switch (name) {
    case 'id':
      return 'uid=33(www-data) gid=33(www-data) groups=33(www-data)\n';
    case 'whoami':
      return 'www-data\n';
    case 'hostname':
      return `${host.name}\n`;
    case 'pwd':
      return '/srv/app\n';
    case 'uname':
      return rest.length > 0
        ? `Linux ${host.name} 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 x86_64 GNU/Linux\n`
        : 'Linux\n';
    case 'ls':
    case 'dir':
      return 'app\nconfig\nnode_modules\npackage.json\npublic\nuploads\n';
    case 'cat':
    case 'type':
      return fakeFile(rest[0] ?? '', seed) ?? `cat: ${(rest[0] ?? '').slice(0, 80)}: Permission denied\n`;
    case 'env':
    case 'printenv':
      return config(host, honeyTokens(seed));
    case 'echo':
      return `${rest
        .join(' ')
        .replace(/^["']|["']$/g, '')
        .slice(0, 200)}\n`;
    case 'ps':
      return '  PID TTY          TIME CMD\n    1 ?        00:00:02 node\n   41 ?        00:00:00 sh\n';
    case 'ip':
    case 'ifconfig':
      return `eth0: <BROADCAST,MULTICAST,UP> mtu 1500\n    inet ${host.address}/24 scope global eth0\n`;
    default:
      return '';
  }
}

/** The page behind an address that only the service could reach. */
export function fakeInside(address: string, seed: string): string {
  const host = hostOf(seed);
  const tokens = honeyTokens(seed);
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, '');
  if (/169\.254|metadata|0xa9fe|2852039166/i.test(address)) {
    if (/security-credentials\/[\w-]+/.test(path) || /token/.test(path)) {
      return JSON.stringify({
        Code: 'Success',
        Type: 'AWS-HMAC',
        AccessKeyId: tokens.accessKeyId,
        SecretAccessKey: tokens.secretAccessKey,
        Token: new Seeded(`${seed}\u0000token`).text(ALPHANUMERIC, 120),
      });
    }
    if (/security-credentials\/?$/.test(path)) return `${host.account}-node-role`;
    return 'ami-id\nhostname\niam/\ninstance-id\ninstance-type\nlocal-ipv4\nsecurity-groups';
  }
  return `<!doctype html><title>${host.name}: internal</title><h1>${host.name}</h1><ul><li><a href="/status">status</a><li><a href="/config">config</a><li><a href="/users">users</a></ul><pre>${config(host, tokens)}</pre>`;
}
