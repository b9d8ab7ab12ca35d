import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@seawall/testkit';
import { answers } from './probe.ts';
import { firstChild, Program, type Proxy } from './proxy.ts';

const START_MS = 60_000;
const MODULE = '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so';

export interface NginxOptions {
  readonly folder: string;
  readonly core: number;
  /** A port to forward to; absent = it answers itself. */
  readonly backend?: number;
  /** Rules of ModSecurity; absent = it inspects nothing. */
  readonly rulesFile?: string;
}

/** The page of the backend: what rules about answers have to look at. */
const PAGE = '<!doctype html><title>Shop</title><p>Thank you, we have got it.</p>';

export async function startNginx({ folder, core, backend, rulesFile }: NginxOptions): Promise<Proxy> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'nginx.conf');
  const rules = rulesFile === undefined ? '' : `modsecurity on; modsecurity_rules_file ${rulesFile};`;
  const location =
    backend === undefined
      ? `default_type text/html; return 200 '${PAGE}';`
      : `proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $host;`;
  writeFileSync(
    config,
    `${rulesFile === undefined ? '' : `load_module ${MODULE};`}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${backend === undefined ? '' : `upstream backend { server 127.0.0.1:${backend}; keepalive 64; keepalive_requests 1000000000; }`}
  server { listen 127.0.0.1:${port}; ${rules} location / { ${location} } }
}
`,
  );
  const program = new Program({
    program: 'nginx',
    args: ['-e', `${folder}/error.log`, '-p', folder, '-c', config],
    core,
  });
  try {
    await program.until('an answer', START_MS, () => answers(port));
    const worker = await program.until('a worker', START_MS, () => firstChild(program.pid));
    return { port, worker, primary: program.pid, stop: () => program.stop() };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
