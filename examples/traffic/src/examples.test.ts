/** Both examples as real processes, nothing in front: every hole gives data, friends are served, strangers refused. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { startExamples, type RunningExamples } from '../../ground/src/running.ts';
import { DOCUMENTED_HOLES } from './documented-holes.ts';
import { ATTACKS } from './attack/attacks.ts';
import { Pace, StallMeter } from './pace.ts';
import { Connection, hasLoopbackAddresses, Person, type Service } from './person.ts';
import { runTraffic } from './run-traffic.ts';

const seed = Math.floor(Math.random() * 2 ** 31);
const NAMINGS: readonly (readonly [what: string, rename: number | undefined])[] = [
  ['plain names', undefined],
  [`names made from seed ${seed}`, seed],
];

const at = (port: number): string => `127.0.0.1:${port}`;
const SQLMAP = '/usr/bin/sqlmap';

for (const [what, rename] of NAMINGS) {
  describe(`examples with ${what}`, () => {
    let running: RunningExamples;
    const stalls = new StallMeter();
    const people: Person[] = [];
    let count = 0;

    before(async () => {
      running = await startExamples(rename);
    });
    after(async () => {
      stalls.stop();
      for (const person of people) person.leave();
      await running.stop();
    });

    const someone = async (service: Service, instance: 1 | 2 = 1): Promise<Person> => {
      const { ports, run } = running;
      const world = {
        gateway: (to: Service) => ({ host: '127.0.0.1', port: ports[`${to}${instance}`] }),
        run,
        stalls,
        hasAddresses: await hasLoopbackAddresses(),
      };
      const options = { service, address: '127.77.1.2', agent: 'test', language: 'en', pace: new Pace(1000) };
      const person = new Person(world, options);
      people.push(person);
      const fields = { user: `tester${count++}`, password: 'a-password', name: "Tess O'Brien" };
      if (service === 'chat') {
        await person.postJson('/api/signup', fields);
        await person.postJson('/api/login', fields);
      } else {
        await person.postForm('/signup', fields);
        await person.postForm('/login', fields);
      }
      assert.ok(person.isSignedIn);
      return person;
    };

    test('there are ten documented holes besides stored XSS', () => assert.equal(DOCUMENTED_HOLES.length, 10));

    for (const hole of DOCUMENTED_HOLES) {
      test(`${hole.name} gives data`, async () => {
        const reply = await hole.ask(await someone(hole.service));
        assert.equal(reply.status, 200);
        assert.ok(reply.isGenuine);
        assert.ok(reply.text.includes(running.run.file.canaries[hole.gives]), reply.text);
      });
    }

    test('stored XSS: markup comes back as it was written, on both pages', async () => {
      const markup = '<img src=x onerror=alert(1)>';
      const [writer, reader] = [await someone('chat'), await someone('chat', 2)];
      await writer.postJson('/api/messages', { group: 1, text: markup });
      assert.ok((await reader.get('/wall', { group: 1 })).text.includes(markup));
      const student = await someone('campus');
      await student.postForm('/forum', { text: markup }, { id: 1 });
      assert.ok((await student.get('/forum', { id: 1 })).text.includes(markup));
    });

    test('every attack gets data, mutated at random; friends are not harmed', async () => {
      const { ports, run } = running;
      const gateway = { chat: [at(ports.chat1), at(ports.chat2)], campus: [at(ports.campus1), at(ports.campus2)] };
      const report = await runTraffic({ gateway, run: run.file, seconds: 10, rate: 200 });
      const without = report.attacks.filter((attack) => attack.gotData === 0).map(({ name }) => name);
      assert.deepEqual(without, ['scanner'], `seed ${report.seed}`);
      const notCovered = ATTACKS.filter((attack) => !attack.isCovered).map(({ name }) => name);
      assert.deepEqual(report.attacksNotCoveredYet, notCovered.sort());
      assert.equal(report.attacks.length + notCovered.length, ATTACKS.length);
      assert.deepEqual(report.harmedDetails, [], `seed ${report.seed}`);
      assert.equal(report.friendlyHarmed, 0);
      assert.ok(report.friendlyRequests > 200);
      assert.deepEqual([report.attacksStopped, report.attacksDiverted], [0, 0]);
    });

    test('a session opened at one node is good at the other, and messages cross over', async () => {
      const [one, other] = [await someone('chat', 1), await someone('chat', 2)];
      const { user } = other.fields(await other.get('/api/me'));
      const heard: unknown[] = [];
      const connection = await other.connect(0, ({ fields, isGenuine }) => isGenuine && heard.push(fields.text));
      assert.ok(connection instanceof Connection);
      await one.postJson('/api/messages', { to: user, text: '你好 <3' });
      for (let i = 0; i < 200 && !heard.includes('你好 <3'); i++)
        await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(heard.includes('你好 <3'));
      connection.close();
    });

    const word = (name: string): string => running.run.names.word(name);
    const ask = (port: number, headers: Record<string, string>, target = '/'): Promise<number> =>
      new Promise((resolve, reject) => {
        http
          .get({ host: '127.0.0.1', port, path: target, headers, agent: false }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          })
          .on('error', reject);
      });

    test('strange names and other sites are refused', async () => {
      const { ports } = running;
      const cases: readonly (readonly [headers: Record<string, string>, target: string, status: number])[] = [
        [{ host: 'chat.localhost:8080' }, '/', 200],
        [{ host: 'evil.example' }, '/', 421],
        [{ host: 'localhost', origin: 'http://evil.example' }, '/', 403],
        [{ host: 'localhost', origin: 'null' }, '/', 403],
        [{ host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, '/', 403],
        [{ host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, '/', 200],
        [{ host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, `/?${word('q')}=1`, 403],
      ];
      for (const port of [ports.chat1, ports.campus1]) {
        for (const [headers, target, status] of cases) {
          assert.equal(await ask(port, headers, target), status, JSON.stringify([headers, target]));
        }
      }
      assert.equal(await ask(ports.chatInternal, { host: 'localhost' }), 403);
    });

    const noTool = existsSync(SQLMAP) ? false : 'no sqlmap on this machine';
    test('sqlmap dumps the tables', { skip: noTool }, async () => {
      const { ports, run } = running;
      const folder = mkdtempSync(path.join(tmpdir(), 'sqlmap-'));
      const person = await someone('chat');
      const cookie = [...person.cookies].map((pair) => pair.join('=')).join(';');
      const targets = [
        [
          `${at(ports.campus1)}${person.target('/courses')}?${word('search')}=data`,
          'payroll',
          run.file.canaries.campusVault,
        ],
        [
          `${at(ports.chat1)}${person.target('/api/search')}?${word('q')}=Welcome`,
          'vault',
          run.file.canaries.chatVault,
        ],
      ] as const;
      for (const [url, table, canary] of targets) {
        const options = ['--batch', '--dbms', 'sqlite', '--level', '2', '--dump', '-T', table, '--output-dir', folder];
        const { stdout } = await promisify(execFile)(SQLMAP, ['-u', `http://${url}`, '--cookie', cookie, ...options], {
          timeout: 60_000,
          maxBuffer: 8 << 20,
        });
        assert.ok(stdout.includes(canary), stdout.slice(-2000));
      }
      rmSync(folder, { recursive: true, force: true });
    });
  });
}
