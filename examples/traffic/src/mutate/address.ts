import type { Random } from '../random.ts';

const INSIDE: readonly string[] = [
  ...'127.0.0.1 localhost 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 017700000001 0177.0.0.1'.split(' '),
  ...'[::1] [::ffff:127.0.0.1] [0:0:0:0:0:0:0:1] 0.0.0.0 127.255.254.1 １２７.0.0.1 127。0。0。1'.split(' '),
  ...'169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376'.split(' '),
];

/** An address of this machine, or of a cloud's metadata service, that URL parsers understand and readers may not. */
export function insideUrl(random: Random): string {
  const scheme = random.pick(['http://', 'http://', 'HTTP://', 'http:\\\\', 'http:/', 'hTTp://']);
  const user = random.pick(['', '', '', 'example.org@', 'www.example.org:80@']);
  const host = random.pick(INSIDE);
  const path = host.startsWith('169')
    ? 'latest/meta-data/iam/'
    : random.pick(['admin', 'server-status', '', 'internal/config']);
  return `${scheme}${user}${host}${random.pick(['', '', ':80', ':080'])}/${path}`;
}
