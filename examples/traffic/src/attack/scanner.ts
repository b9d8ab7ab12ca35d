import { BROWSERS } from '../identities.ts';
import type { Attack } from './scene.ts';

const TOOLS = [
  'sqlmap/1.8.4#stable (https://sqlmap.org)',
  'Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:Port Check)',
  'Nuclei - Open-source project (github.com/projectdiscovery/nuclei)',
  'gobuster/3.6',
  'python-requests/2.32.3',
];

const PATHS: readonly string[] = [
  ...'/.env /.git/config /.git/HEAD /wp-login.php /wp-admin/setup-config.php /phpmyadmin/index.php'.split(' '),
  ...'/admin.php /server-status /actuator/env /actuator/heapdump /backup.sql /dump.sql.gz /id_rsa'.split(' '),
  ...'/.aws/credentials /.ssh/id_rsa /config.php.bak /web.config /.htpasswd /xmlrpc.php /.DS_Store'.split(' '),
  ...'/cgi-bin/test.cgi /vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php /solr/admin/info/system'.split(' '),
  ...'/.svn/entries'.split(' '),
  ...'/?x=../../../../etc/passwd /?id=1%27%20OR%20%271%27=%271 /?q=%3Cscript%3Ealert(1)%3C/script%3E'.split(' '),
];

/** Looks for what should not lie around. The services hold none of it: stopped or not, it must get nothing. */
export const SCANNER: Attack = {
  name: 'scanner',
  isCovered: true,
  async run(attacker) {
    const agent = attacker.random.chance(0.5) ? attacker.random.pick(TOOLS) : attacker.random.pick(BROWSERS);
    const person = attacker.stranger(attacker.random.pick(['chat', 'campus'] as const), { agent });
    for (const target of attacker.random.shuffle(PATHS)) await attacker.send(person, { method: 'GET', target });
  },
};
