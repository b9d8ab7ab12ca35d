import tab from '@bomb.sh/tab/commander';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Options as ConfigOptions } from './commands/config.ts';
import { addRole } from './commands/role.ts';
import type { ExplainOptions } from './commands/explain.ts';
import type { CheckOptions, InstallOptions } from './commands/rules.ts';
import type { TestOptions } from './commands/test-rules.ts';
import type { ActionsOptions, FindingsOptions, ShowOptions } from './commands/show.ts';
import { visibleLines } from './print.ts';
import type { UpOptions } from './up/up.ts';

// Loaded when they are called: the engine, the schemas and the supervisor take half a second that help and completion do not need.
const config = () => import('./commands/config.ts');
const rules = () => import('./commands/rules.ts');
const explain = () => import('./commands/explain.ts');
const show = () => import('./commands/show.ts');
const testRules = () => import('./commands/test-rules.ts');
const up = () => import('./up/up.ts');

const EXIT_CODES = `
Exit codes: 0 all well; 1 findings above the threshold, or something is unprotected; 2 wrong usage or configuration;
3 server, engine or file cannot be reached; 4 Seawall itself failed.`;

export function program(): Command {
  const root = new Command('seawall')
    .description('Protects a distributed system: watches its traffic, judges it by rules, acts, remembers, shows.')
    .version('0.1.0')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(add --help to see what there is)')
    .configureOutput({ writeErr: (text) => process.stderr.write(visibleLines(text)) })
    .exitOverride();

  addUp(root);
  for (const role of ['server', 'gateway', 'decoy', 'responder'] as const) addRole(root, role);
  addRules(root);
  addConfig(root);
  addExplain(root);
  addShow(root);
  tab(root, { completionCommandName: 'completion' });
  return root;
}

function addUp(root: Command): void {
  common(root.command('up'))
    .description('run every role on this host, until Ctrl+C')
    .option('--config <folder>', 'folder of gateway.yaml, rules.yaml, database.yaml, startup.yaml')
    .option('--port <port>', 'port of the dashboard (default: 7400, or a free one)')
    .option('--no-dashboard', 'without the console: API and command line only')
    .option('--examples', 'protect the two example systems, with friends and attackers at work')
    .addOption(
      new Option('--mode <mode>', 'for all routes of the examples')
        .choices(['off', 'monitor', 'protect'])
        .default('protect'),
    )
    .option('--docker', 'run the examples as containers on the local engine')
    .option('--no-traffic', 'examples without friends and attackers')
    .option('--rename <seed>', 'rename every path and parameter of the examples: no rule knows them')
    .option('--for <time>', 'run that long (90s, 5m), print the report of the traffic tool, and end')
    .action(async (options: UpOptions) => (await up()).up(options));
}

function addRules(root: Command): void {
  const command = root.command('rules').description('rule sets');
  common(command.command('install'))
    .description('install OWASP CRS into the data folder')
    .addArgument(new Argument('<what>', 'what to install').choices(['crs']))
    .option(
      '--from <place>',
      'release (pinned), go (an installed Go), debian (its package), or a folder, .tar or .tar.gz; default: the first of these that works',
    )
    .action(async (what: string, options: InstallOptions) => (await rules()).install(what, options));
  common(command.command('check'))
    .description('load rules and print every problem, and how their patterns are matched')
    .argument('[files...]', 'SecLang files with their .data files, or folders; default: the sets of the configuration')
    .option('--config <folder>', 'configuration folder')
    .option('--patterns', 'list every pattern with the way it is matched, and why')
    .action(async (files: string[], options: CheckOptions) => (await rules()).check(files, options));
  common(command.command('test'))
    .description("run rule cases, in CRS's form and our own; exit code 1 when one failed")
    .argument('<files...>', 'files or folders of cases (*.yaml)')
    .option('--config <folder>', 'configuration folder')
    .option('--rules <path>', 'the SecLang files or folders under test; may be repeated', several)
    .option('--set <name>', 'else this rule set of the configuration (default: default)')
    .option('--only <text>', 'only cases of this name, as in 942100 or 942100-3')
    .option('--paranoia <level>', 'paranoia level, 1 to 4; default for --rules: 4', levelOf)
    .option('--verbose', 'passed and skipped cases too')
    .action(async (files: string[], options: TestOptions) => (await testRules()).testRules(files, options));
}

function addExplain(root: Command): void {
  common(root.command('explain'))
    .description('what the rules do with one request, and what would let it pass; exit code 1 when it would be blocked')
    .argument('<request>', 'file with a raw HTTP/1 request, or - for standard input')
    .option('--config <folder>', 'configuration folder')
    .option('--rules <path>', 'these SecLang files or folders instead of the configuration; may be repeated', several)
    .option('--set <name>', 'this rule set of the configuration; default: that of the route')
    .addOption(
      new Option('--mode <mode>', "default: the route's mode, else protect").choices(['off', 'monitor', 'protect']),
    )
    .option('--response <file>', 'raw HTTP/1 answer, to judge it as well')
    .option('--exclude <rule;target>', 'as if this were excluded: 942100 or 942100;ARGS:q; may be repeated', several)
    .option('--client <address>', 'address of the client (default: 127.0.0.1)')
    .option('--all', 'list every rule and what became of it')
    .action(async (file: string, options: ExplainOptions) => (await explain()).explain(file, options));
}

function levelOf(text: string): number {
  if (/^[1-4]$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a number from 1 to 4.');
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function addConfig(root: Command): void {
  const command = root.command('config').description('configuration files');
  common(command.command('check'))
    .description('print every problem of every file')
    .option('--config <folder>', 'configuration folder')
    .action(async (options: ConfigOptions) => (await config()).check(options));
  common(command.command('show'))
    .description('what is in force, defaults filled in')
    .option('--config <folder>', 'configuration folder')
    .action(async (options: ConfigOptions) => (await config()).show(options));
  command
    .command('schema')
    .description('JSON Schema of one file')
    .addArgument(new Argument('<name>', 'file').choices(['gateway', 'rules', 'database', 'startup']))
    .action(async (name: string) => (await config()).schema(name));
}

function addShow(root: Command): void {
  common(root.command('findings'))
    .description('newest findings, or one explained')
    .argument('[id]', 'explain this one: bytes, rule, part, decoding, score, what was done, undo, exception')
    .option('--limit <n>', 'rows, 1 to 500', rowsOf, 50)
    .option('--service <name>', 'only of this service')
    .option('--family <name>', 'only of this family: sqli, xss, lfi, rce, ssrf, leak, login …')
    .action(async (id: string | undefined, options: FindingsOptions) => (await show()).findings(id, options));
  const actions = common(root.command('actions'))
    .description('what was done, newest first')
    .option('--limit <n>', 'rows, 1 to 500', rowsOf, 50)
    .option('--state <state>', 'only in this state: active, done, refused, undone, expired, failed …')
    .action(async (options: ActionsOptions) => (await show()).actions(options));
  // `--data` and `--json` belong to the parent too, which takes them wherever they stand.
  common(actions.command('undo'))
    .description('take an action back')
    .argument('<id>', 'as `seawall actions` shows it')
    .option('--reason <text>', 'for the audit log')
    .action(async (id: string, _own: unknown, command: Command) => (await show()).undo(id, command.optsWithGlobals()));
  common(root.command('status'))
    .description('is everything protected? exit code 1 when something is not, or is unknown')
    .action(async (options: ShowOptions) => (await show()).status(options));
}

function common(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder (default: $SEAWALL_DATA, else .seawall here)')
    .option('--json', 'JSON lines instead of text');
}

function rowsOf(text: string): number {
  const rows = Number(text);
  if (Number.isInteger(rows) && rows >= 1 && rows <= 500) return rows;
  throw new InvalidArgumentError('It is a number from 1 to 500.');
}
