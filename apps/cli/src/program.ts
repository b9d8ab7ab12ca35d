import tab from '@bomb.sh/tab/commander';
import { Command } from 'commander';
import * as config from './commands/config.ts';
import * as rules from './commands/rules.ts';
import { runRole, type Role } from './commands/role.ts';
import * as show from './commands/show.ts';
import { up } from './up/up.ts';

const EXIT_CODES = `
Exit codes: 0 all well; 1 findings above the threshold, or something is unprotected; 2 wrong usage or configuration;
3 server, engine or file cannot be reached; 4 Seawall itself failed.`;

export function program(): Command {
  const root = new Command('seawall')
    .description('Protects a distributed system: watches its traffic, judges it by rules, acts, remembers, shows.')
    .version('0.1.0')
    .addHelpText('after', EXIT_CODES)
    .exitOverride();

  common(root.command('up'))
    .description('run every role on this host')
    .option('--examples', 'protect the two example systems, with friends and attackers at work')
    .option('--docker', 'run the examples as containers on the local engine')
    .option('--mode <mode>', 'off, monitor or protect, for all routes of the examples', 'protect')
    .option('--port <port>', 'port of the dashboard (default: 7400, or a free one)')
    .option('--for <time>', 'run that long (90s, 5m), print the report of the traffic tool, and end')
    .option('--no-traffic', 'examples without friends and attackers')
    .option('--rename <seed>', 'rename every path and parameter of the examples: no rule knows them')
    .option('--no-dashboard', 'without the console: API and command line only')
    .option('--config <folder>', 'folder of gateway.yaml, rules.yaml, database.yaml, startup.yaml')
    .action(up);

  const roles: readonly (readonly [Role, string])[] = [
    ['gateway', 'run the inspecting proxy of one host'],
    ['server', 'run the control plane'],
    ['decoy', 'run the decoy that diverted sources talk to'],
    ['responder', 'run the part that acts on processes and containers'],
  ];
  for (const [role, text] of roles) {
    root
      .command(role)
      .description(`${text}; options: seawall ${role} -- --help`)
      .argument('[options...]')
      .allowUnknownOption()
      .action((args: string[]) => runRole(role, args));
  }

  const rulesCommand = root.command('rules').description('rule sets');
  common(rulesCommand.command('install'))
    .description(
      "install OWASP CRS: from the official release (pinned), an installed Go, Debian's package, or a folder or archive",
    )
    .argument('<what>', 'crs')
    .option('--from <place>', 'release, go, debian, or the path of a folder or .tar.gz')
    .action(rules.install);
  common(rulesCommand.command('check'))
    .description('load rules and print every problem')
    .argument('[files...]', 'SecLang files; without them the rule sets of the configuration')
    .option('--config <folder>', 'configuration folder')
    .action(rules.check);

  const configCommand = root.command('config').description('configuration files');
  common(configCommand.command('check'))
    .description('print every problem of every file')
    .option('--config <folder>', 'configuration folder')
    .action(config.check);
  common(configCommand.command('show'))
    .description('what is in force, defaults filled in')
    .option('--config <folder>', 'configuration folder')
    .action(config.show);
  configCommand
    .command('schema')
    .description('JSON Schema of one file')
    .argument('<name>', 'gateway, rules, database or startup')
    .action(config.schema);

  common(root.command('findings'))
    .description('newest findings, or one explained')
    .argument('[id]')
    .option('--limit <n>', 'rows', '50')
    .option('--service <name>', 'only of this service')
    .option('--family <name>', 'only of this family: sqli, xss, lfi, rce, ssrf, leak, login …')
    .action(show.findings);

  const actions = common(root.command('actions'))
    .description('what was done')
    .option('--limit <n>', 'rows', '50')
    .option('--state <state>', 'only in this state')
    .action(show.actions);
  common(actions.command('undo'))
    .description('take an action back')
    .argument('<id>')
    .option('--reason <text>', 'for the audit log')
    .action(show.undo);

  common(root.command('status')).description('is everything protected?').action(show.status);
  tab(root, { completionCommandName: 'completion' });
  return root;
}

function common(command: Command): Command {
  return command
    .option('--data <folder>', 'data folder (default: $SEAWALL_DATA, else .seawall here)')
    .option('--json', 'JSON lines instead of text');
}
