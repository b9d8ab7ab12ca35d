import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_CONFIGURATION, loadRules } from '@seawall/seclang';
const folder = '/tmp/crs/crs4/rules';
const files = new Map([['engine.conf', ENGINE_CONFIGURATION]]);
files.set('setup.conf', readFileSync('/tmp/crs/crs4/crs-setup.conf.example', 'latin1'));
for (const name of readdirSync(folder)) if (/\.(?:conf|data)$/.test(name)) files.set(`rules/${name}`, readFileSync(join(folder, name), 'latin1'));
const t0 = performance.now();
const r = loadRules({ files, entry: ['engine.conf', 'setup.conf', 'rules/*.conf'] }, { valueCache: process.env.NOCACHE === undefined });
if (!r.ok) throw new Error(JSON.stringify(r.problems.slice(0, 3)));
console.log('load ms', performance.now() - t0);
const rs = r.ruleSet;
let n = 1;
const hex = () => (n++ * 2654435761 >>> 0).toString(16).padStart(8, '0');
const W = 'container security release meeting notes yesterday summer plan question lunch folder slides upload review garden'.split(' ');
const w = () => W[(n++ * 7) % W.length] as string;
const H = (ct?: string): [string, string][] => [['Host', 'shop.example.com'], ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36'], ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'], ['Accept-Language', 'en-US,en;q=0.9,de;q=0.7'], ['Accept-Encoding', 'gzip, deflate, br'],
  ['Cookie', `sid=${hex()}${hex()}${hex()}${hex()}; theme=dark; lang=en; _ga=GA1.2.${n * 7919 % 30000}${n}.17${n * 31 % 30000}; cart=${hex()}${hex()}a${hex()}`], ['Referer', `https://shop.example.com/products/${w()}/${hex()}`], ...(ct ? [['Content-Type', ct] as [string, string]] : [])];
const text = () => Array.from({ length: 22 }, w).join(' ') + '.';
const shapes = [
  () => ['GET', `/?from=${w()}${hex()}`, H(), ''],
  () => ['GET', `/static/app.${hex()}.js?v=${n}`, H(), ''],
  () => ['GET', `/search?q=${w()}+${w()}+${hex()}&page=${n % 40}`, H(), ''],
  () => ['POST', '/api/login', H('application/json'), `{"user":"${w()}${hex()}","password":"${hex()}12"}`],
  () => ['POST', '/api/messages', H('application/json'), `{"text":"${text()} ${hex()} ${text()}"}`],
  () => ['POST', '/account/profile', H('application/x-www-form-urlencoded'), `first_name=${w()}${hex()}&last_name=${w()}${hex()}&email=${w()}${hex()}%40example.com&city=${w()}${hex()}&phone=%2B49+30+${n}${n}&newsletter=yes`],
] as (() => [string, string, [string, string][], string])[];
export function one(make: () => [string, string, [string, string][], string], extra: object = {}) {
  const [method, target, fields, body] = make();
  if (body) fields.push(['Content-Length', String(body.length)]);
  const tr = rs.begin({ clientAddress: '127.0.0.1', clientPort: 4, serverAddress: '127.0.0.1', serverPort: 80, engine: 'on' }, { nowMicros: 1.7e15, uniqueId: 'x', ...extra });
  tr.requestHead({ method, target, protocol: 'HTTP/1.1', fields }); tr.requestBody(body, true);
  tr.responseHead({ status: 200, protocol: 'HTTP/1.1', fields: [['Content-Type', 'text/html'], ['Content-Length', '5']] });
  if (process.env.RB) tr.responseBody('hello', true);
  const out = tr.log();
  return { out, tr };
}
if (process.env.TRACE) {
  for (const [i, s] of shapes.entries()) {
    const { out, tr } = one(s);
    const run = (tr as unknown as { run: any }).run;
    console.log(i, 'foreseen', run.asForeseen, run.ran?.length, run.ran?.join(' '), out.matches.map((m) => m.ruleId), run.workUsed);
  }
}
const N = Number(process.env.N ?? 3000);
for (let round = 0; round < 4; round++) {
  const res = shapes.map((s) => { const t = process.cpuUsage(); for (let i = 0; i < N; i++) one(s); const u = process.cpuUsage(t); return (u.user + u.system) / N; });
  console.log(res.map((x) => x.toFixed(1)).join(' '), 'mean', (res.reduce((a, b) => a + b) / 6).toFixed(1));
}
console.log(rs.cacheCounts, Math.round(process.memoryUsage().rss / 1e6), 'MB rss', Math.round(process.memoryUsage().heapUsed / 1e6));
