import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_CONFIGURATION, loadRules } from '@seawall/seclang';
import { readCases } from './crs-cases.ts';
import { requestOf } from '../../../apps/cli/src/rule-cases/crs-request.ts';
const settings = (level: number) =>
  `SecAction "id:9990001,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=${level},setvar:tx.detection_paranoia_level=${level},setvar:tx.paranoia_level=${level},setvar:tx.executing_paranoia_level=${level},setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535,setvar:tx.crs_validate_utf8_encoding=1"\n`;
function load(folder: string, level: number) {
  const files = new Map([
    ['engine.conf', ENGINE_CONFIGURATION],
    ['settings.conf', settings(level)],
  ]);
  const setup = ['crs-setup.conf', 'crs-setup.conf.example']
    .flatMap((n) => [join(folder, n), join(folder, '..', n)])
    .find((p) => existsSync(p));
  if (setup) files.set('setup.conf', readFileSync(setup, 'latin1'));
  for (const name of readdirSync(folder))
    if (/\.(?:conf|data)$/.test(name)) files.set(`rules/${name}`, readFileSync(join(folder, name), 'latin1'));
  const t = performance.now();
  const r = loadRules({
    files,
    entry: ['engine.conf', ...(setup ? ['setup.conf'] : []), 'settings.conf', 'rules/*.conf'],
  });
  if (!r.ok) throw new Error(JSON.stringify(r.problems.slice(0, 3)));
  console.log('load', (performance.now() - t).toFixed(0), 'ms');
  return r.ruleSet;
}
const [folder, tests, era] = process.argv.slice(2) as [string, string, string];
const cases = readCases(tests);
const every = Number(process.env.EVERY ?? 1);
for (const level of [1, 2, 3, 4]) {
  const ruleSet = load(folder, level);
  let same = 0,
    different = 0,
    fast = 0,
    slow = 0;
  for (const engine of ['detect', 'on'] as const) {
    for (const [n, test] of cases.entries()) {
      if (n % every !== 0) continue;
      for (const stage of test.stages) {
        const request = requestOf(stage.input, Number(era) as 3 | 4);
        const outs = [false, true].map((reference) => {
          const t = process.cpuUsage();
          const tr = ruleSet.begin(
            { clientAddress: '127.0.0.1', clientPort: 4, serverAddress: '127.0.0.1', serverPort: 80, engine },
            { nowMicros: 1.7e15, uniqueId: 'x', reference },
          );
          tr.requestHead(request.head);
          tr.requestBody(request.body, true);
          tr.responseHead({ status: 200, protocol: 'HTTP/1.1', fields: [['Content-Type', 'text/html']] });
          tr.responseBody('You have an error in your SQL syntax <html>' + request.body, true);
          const { workUsed, ...out } = tr.log();
          const u = process.cpuUsage(t);
          if (reference) slow += u.user + u.system;
          else fast += u.user + u.system;
          return JSON.stringify(out);
        });
        if (outs[0] === outs[1]) same++;
        else {
          different++;
          if (different < 6) {
            console.log(test.name, engine, level);
            console.log((outs[0] ?? '').slice(0, 1500));
            console.log((outs[1] ?? '').slice(0, 1500));
          }
        }
      }
    }
  }
  console.log({
    level,
    same,
    different,
    fastMicros: fast / (same + different),
    slowMicros: slow / (same + different),
    ...ruleSet.cacheCounts,
  });
}
