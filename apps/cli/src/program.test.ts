import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { REPOSITORY, runSeawall } from '@seawall/testkit';
import type { Command } from 'commander';
import { ROLES, type Role } from './commands/role.ts';
import { program } from './program.ts';

const root = mkdtempSync(join(tmpdir(), 'seawall-cli-'));
after(() => rmSync(root, { recursive: true }));
const empty = join(root, 'empty');
const nobody = join(root, 'nobody');
const broken = join(root, 'broken');
for (const folder of [empty, nobody, broken, join(nobody, 'run')]) mkdirSync(folder, { recursive: true });
writeFileSync(join(nobody, 'api-token'), 'token\n');
// Nothing listens on the port of discarded messages.
writeFileSync(join(nobody, 'run/address'), 'http://127.0.0.1:9\n');
writeFileSync(join(broken, 'gateway.yaml'), 'listen: ["127.0.0.1:8080"]\nservces: {}\n');
writeFileSync(join(broken, 'bad.conf'), 'SecRule ARGS "@rx (" "id:1,phase:2,deny"\nSecRulee x\n');
writeFileSync(
  join(broken, 'good.conf'),
  'SecRule ARGS "@rx a+b" "id:1,phase:2,deny"\nSecRule ARGS "@rx [a-z]+" "id:2,phase:2,deny"\n',
);
const hostile = join(broken, 'a\u001b[31m\u009b2J.conf');
writeFileSync(hostile, 'SecRulee \u001b[31m"x"\n');

/** Every command with an action, as a person writes it. */
function commandsOf(command: Command, above = ''): string[] {
  return command.commands.flatMap((child) => {
    const name = `${above}${child.name()}`;
    if (name === 'complete') return [];
    const below = commandsOf(child, `${name} `);
    return ['rules', 'config'].includes(name) ? below : [name, ...below];
  });
}

const COMMANDS = commandsOf(program());

describe('seawall', () => {
  it('is described in docs/cli.md, command by command', () => {
    const text = readFileSync(join(REPOSITORY, 'docs/cli.md'), 'utf8');
    const described = [...text.matchAll(/^### `seawall ([a-z ]+)`$/gm)].map((match) => match[1]);
    assert.equal(COMMANDS.length, 17);
    assert.deepEqual(described.toSorted(), COMMANDS.toSorted());
  });

  it('has every option of every command in docs/cli.md', () => {
    const sections = readFileSync(join(REPOSITORY, 'docs/cli.md'), 'utf8').split(/^### /m);
    const shared = sections[0] ?? '';
    const missing = COMMANDS.flatMap((name) => {
      const section = sections.find((part) => part.startsWith(`\`seawall ${name}\``)) ?? '';
      const command = name.split(' ').reduce((at, word) => found(at, word), program());
      // What decoy and responder share with the gateway is said there.
      const said = ['decoy', 'responder'].includes(name)
        ? section + (sections.find((part) => part.startsWith('`seawall gateway`')) ?? '')
        : section;
      return command.options
        .filter(({ long }) => !`${said}${shared}`.includes(`${long ?? ''}`))
        .map(({ long }) => `${name} ${long ?? ''}`);
    });
    assert.deepEqual(missing, []);
  });

  for (const role of Object.keys(ROLES) as Role[]) {
    it(`knows exactly the options that the program of the ${role} reads`, () => {
      const sources = globSync(`apps/${role}/src/{main,arguments}.ts`, { cwd: REPOSITORY }).map((path) =>
        readFileSync(join(REPOSITORY, path), 'utf8'),
      );
      const read = [...sources.join('\n').matchAll(/^\s+'?([a-z-]+)'?: \{ type: '(?:string|boolean)'/gm)];
      const declared = ROLES[role].options.map(({ flags }) => /^--([a-z-]+)/.exec(flags)?.[1]);
      assert.ok(read.length > 3, 'the options of the program are found');
      assert.deepEqual(
        declared.toSorted(),
        read
          .map((match) => match[1])
          .filter((name) => name !== 'help')
          .toSorted(),
      );
    });
  }
});

function found(command: Command, name: string): Command {
  const child = command.commands.find((one) => one.name() === name);
  assert.ok(child, `${name} is a command`);
  return child;
}

interface Expected {
  readonly args: readonly string[];
  readonly code: number;
  readonly out?: RegExp;
  readonly complaint?: RegExp;
}

const NOTHING = /^$/;
const CASES: readonly Expected[] = [
  { args: [], code: 2, out: NOTHING, complaint: /Commands:/ },
  { args: ['--version'], code: 0, out: /^\d+\.\d+\.\d+\n$/, complaint: NOTHING },
  { args: ['findigs'], code: 2, out: NOTHING, complaint: /Did you mean findings\?/ },
  { args: ['findings', '\u001b[31mx\u009b', 'y'], code: 2, out: NOTHING, complaint: /too many arguments/ },
  { args: ['findings', '--limit', '0'], code: 2, out: NOTHING, complaint: /1 to 500/ },
  { args: ['up', '--mode', 'loud'], code: 2, out: NOTHING, complaint: /off, monitor, protect/ },
  { args: ['gateway', '--help'], code: 0, out: /--token-file <file>[^]*--workers/, complaint: NOTHING },
  { args: ['server', '--help'], code: 0, out: /--host-name/, complaint: NOTHING },
  { args: ['decoy', '--help'], code: 0, out: /--address/, complaint: NOTHING },
  { args: ['responder', '--help'], code: 0, out: /--docker-label/, complaint: NOTHING },
  { args: ['gateway', '--data', empty], code: 2, out: NOTHING, complaint: /--server or --token-file is missing/ },
  {
    args: ['decoy', '--data', join(root, 'decoy'), '--node', 'd', '--server', 's', '--token-file', join(root, 'none')],
    code: 2,
    complaint: /token file cannot be read/,
  },
  {
    args: [
      'gateway',
      '--data',
      join(root, 'g'),
      '--node',
      'g',
      '--server',
      's',
      '--token-file',
      't',
      '--workers',
      '-1',
    ],
    code: 2,
    complaint: /--workers must be/,
  },
  { args: ['status', '--data', empty], code: 3, out: NOTHING, complaint: /seawall up/ },
  { args: ['status', '--data', nobody, '--json'], code: 3, out: NOTHING, complaint: /127\.0\.0\.1:9 .*seawall up/ },
  { args: ['actions', 'undo', 'x', '--data', nobody], code: 3, out: NOTHING, complaint: /No Seawall server/ },
  {
    args: ['config', 'check', '--config', broken],
    code: 2,
    out: /gateway\.yaml:2:1: error[^]*services/,
    complaint: NOTHING,
  },
  {
    args: ['config', 'check', '--config', empty, '--data', empty],
    code: 0,
    out: /no errors, 0 warnings/,
    complaint: NOTHING,
  },
  { args: ['config', 'show', '--config', broken], code: 2, out: /servces/ },
  {
    args: ['config', 'show', '--config', empty, '--data', empty],
    code: 0,
    out: /^gateway:\n {2}listen:/,
    complaint: NOTHING,
  },
  { args: ['config', 'schema', 'gateways'], code: 2, out: NOTHING, complaint: /gateway, rules, database, startup/ },
  {
    args: ['rules', 'check', join(broken, 'bad.conf')],
    code: 2,
    out: /bad\.conf:2:1: error[^]*bad\.conf:1:15: error[^]*2 errors/,
    complaint: NOTHING,
  },
  {
    args: ['rules', 'check', join(broken, 'good.conf'), '--patterns'],
    code: 0,
    out: /good\.conf:1: rule 1: dfa \(regular\); needs "ab"\n[^]*rule 2: dfa[^]*; no prefilter\n[^]*2 rules; patterns: 2 by dfa\n.*rules 2\n/,
    complaint: NOTHING,
  },
  {
    args: ['rules', 'check', join(broken, 'none.conf')],
    code: 3,
    out: NOTHING,
    complaint: /none\.conf cannot be read/,
  },
  { args: ['rules', 'check', hostile], code: 2, out: /\\x1b\[31m/, complaint: NOTHING },
  {
    args: ['rules', 'check', '--data', empty, '--config', empty],
    code: 0,
    out: /set default: \d+ rules/,
    complaint: NOTHING,
  },
  { args: ['completion', 'tcsh'], code: 2, out: NOTHING, complaint: /zsh, bash, fish/ },
  { args: ['complete', '--', 'config', 's'], code: 0, out: /^show\t[^]*schema\t/, complaint: NOTHING },
  { args: ['complete', '--', 'gateway', '--tok'], code: 0, out: /^--token-file\t/, complaint: NOTHING },
];

describe('exit codes and streams', { concurrency: 2 }, () => {
  it('is tried in every case', () => assert.equal(CASES.length, 29));
  for (const { args, code, out, complaint } of CASES) {
    it(`seawall ${JSON.stringify(args.map((arg) => arg.replace(root, '')))} ends with ${code}`, async () => {
      const ran = await runSeawall(args);
      assert.equal(ran.code, code, ran.complaints);
      if (out !== undefined) assert.match(ran.out, out);
      if (complaint !== undefined) assert.match(ran.complaints, complaint);
      assert.doesNotMatch(
        ran.out + ran.complaints,
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/,
        'no control characters',
      );
    });
  }
});

describe('--json', { concurrency: 2 }, () => {
  const rows = async (...args: string[]) => {
    const { out } = await runSeawall([...args, '--json']);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  it('tells problems of the configuration, a line each', async () => {
    const [problem, ...more] = await rows('config', 'check', '--config', broken);
    assert.deepEqual(more, []);
    assert.equal(problem?.['event'], 'problem');
    assert.equal(problem['line'], 2);
  });
  it('tells the configuration in one line', async () => {
    const [shown, ...more] = await rows('config', 'show', '--config', empty, '--data', empty);
    assert.deepEqual(more, []);
    assert.deepEqual(Object.keys(shown ?? {}), ['gateway', 'rules', 'database', 'startup']);
  });
  it('tells problems of rules with hostile names', async () => {
    const [problem] = await rows('rules', 'check', hostile);
    assert.equal(problem?.['file'], hostile);
  });
  it('tells how patterns are matched', async () => {
    const [pattern, , set] = await rows('rules', 'check', join(broken, 'good.conf'), '--patterns');
    assert.deepEqual([pattern?.['event'], pattern?.['matchedBy'], pattern?.['rule']], ['pattern', 'dfa', 1]);
    assert.deepEqual([set?.['rules'], set?.['patterns'], set?.['withoutPrefilter']], [2, { dfa: 2 }, [2]]);
  });
});

describe('completion', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`prints a script for ${shell}`, async () => {
      const { code, out } = await runSeawall(['completion', shell]);
      assert.equal(code, 0);
      assert.match(out, /seawall complete --/);
      // The shells that this machine has say whether it is one of theirs.
      if (shell === 'bash') execFileSync('bash', ['-n'], { input: out });
    });
  }
});
