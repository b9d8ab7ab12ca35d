/** The chat's documented holes that are not in the store; examples/README.md shows how to try each. */
import http from 'node:http';
import type { Address } from '../../ground/src/address.ts';
import { Refusal } from '../../ground/src/refusal.ts';
import type { Run } from '../../ground/src/run-file.ts';
import { Scratch } from '../../ground/src/scratch.ts';

const ATTACHMENTS = '/srv/chat/attachments';
const THUMBNAILS = '/srv/chat/thumbnails';
const MAX_PREVIEW_BYTES = 16 << 10;

const RESIZE = `#!/bin/sh
# Writes a plain grey picture of the size that was asked for.
echo "P2 $*"
echo 255
echo 128 128 128 128
`;

export function makeFiles(name: string, run: Run): Scratch {
  const scratch = new Scratch(name);
  const { canaries, serverKey } = run.file;
  scratch.write(
    '/etc/passwd',
    `root:x:0:0:root:/root:/bin/sh\nchat:x:1000:1000:${canaries.chatFile}:/srv/chat:/bin/sh\n`,
  );
  scratch.write('/srv/chat/server.key', serverKey);
  scratch.write('/srv/chat/app.env', `DATABASE=chat\nDATABASE_PASSWORD=${canaries.chatFile}\n`);
  scratch.write(`${ATTACHMENTS}/welcome.txt`, 'Welcome! Attachments live here.\n');
  scratch.write(`${THUMBNAILS}/resize.sh`, RESIZE);
  scratch.write(`${THUMBNAILS}/settings.conf`, `storage_key = ${canaries.chatCommand}\n`);
  return scratch;
}

/** Decodes once more than it should, and takes the backslashes of Windows clients: as grown code does. */
export function careless(file: string): string {
  let name = file;
  try {
    name = decodeURIComponent(file);
  } catch {
    name = file; // a lone percent sign: taken as it stands
  }
  return name.replaceAll('\\', '/');
}

/** Path traversal: the name is joined with the folder and never looked at. */
export function readAttachment(scratch: Scratch, file: string): Promise<Buffer> {
  return scratch.readJoined(ATTACHMENTS, careless(file));
}

/** The quiet traversal: two harmless-looking members become one path. */
export function openAttachment(scratch: Scratch, folder: string, name: string): Promise<Buffer> {
  return scratch.readJoined(`${ATTACHMENTS}/${folder}`, name);
}

export function keepAttachment(scratch: Scratch, file: string, content: Buffer): void {
  scratch.write(`${ATTACHMENTS}/${file}`, content);
}

export function hasAttachment(scratch: Scratch, file: string): boolean {
  return scratch.has(`${ATTACHMENTS}/${file}`);
}

/** Command injection: the size goes into a shell command as it came. */
export function thumbnail(scratch: Scratch, size: string): Promise<string> {
  return scratch.shell(THUMBNAILS, `sh resize.sh ${size}`);
}

/** Addresses that mean "this machine" or the metadata service of a cloud; all lead to the run's own internal page. */
export function isInside(url: URL, internal: Address): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || '80');
  if (url.protocol !== 'http:' || (port !== 80 && port !== internal.port)) return false;
  if (host === '169.254.169.254' || host === internal.host) return true;
  return host === 'localhost' || host === '0.0.0.0' || host.startsWith('127.') || /^::(1|ffff:7f.*)?$/.test(host);
}

/** SSRF: fetches whatever address it is given, in this example from nowhere but the run's own internal page. */
export async function preview(url: string, internal: Address, run: Run): Promise<{ title: string; text: string }> {
  if (!URL.canParse(url)) throw new Refusal(400, 'this is not an address');
  const target = new URL(url);
  if (!isInside(target, internal)) return { title: target.hostname, text: 'unreachable' };
  const page = await get(internal, target.pathname, run.peerToken);
  return { title: /<title>([^<]*)/.exec(page)?.[1] ?? target.hostname, text: page };
}

function get(address: Address, path: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const unreachable = (): void => reject(new Refusal(502, 'unreachable'));
    const options = { host: address.host, port: address.port, path, headers: { 'x-peer': token }, timeout: 1000 };
    const request = http.get(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text = (text + chunk).slice(0, MAX_PREVIEW_BYTES)));
      response.on('end', () => resolve(text));
      response.on('error', unreachable);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', unreachable);
  });
}
