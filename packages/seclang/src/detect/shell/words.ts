// Names that shells know. Names that are also English words need better operands than the others.

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** Names that no sentence has by chance. */
export const PROGRAMS: ReadonlySet<string> = set(
  'bash sh dash zsh ksh csh tcsh ash fish busybox curl wget nc ncat netcat socat telnet ftp tftp scp sftp ssh rsync ls ps cp mv rm ln dd chmod ' +
    'chown chgrp chattr mkdir rmdir mkfifo mknod mktemp uname whoami ifconfig ipconfig netstat nslookup traceroute tracert arp iptables hostname base64 base32 xxd od ' +
    'hexdump awk gawk mawk sed grep egrep fgrep zgrep zcat tac rev nl tee tr uniq wc xargs printf printenv env python python2 python3 perl ruby php ' +
    'pwsh lua gcc openssl gpg tar gzip gunzip bunzip2 unxz xz bzip2 unzip 7z crontab systemctl journalctl useradd usermod adduser passwd sudo ' +
    'su nohup setsid stdbuf ldd strace gdb vim vi nano ed pico rpm dpkg apt-get yum pip pip3 npm npx getent stat readlink realpath basename ' +
    'dirname lsof ss pkill killall eval ping6 ping dig id ip fold tailf sleep usleep cat pwd who uptime mysql psql sqlite3 redis-cli docker kubectl irb gdbserver c89 c99 tcl tclsh expect',
);

/** English words too. */
export const WORDS: ReadonlySet<string> = set(
  'cat echo exec find head host kill less more node paste sleep sort source split strings tail test time timeout touch cut join look read watch set ' +
    'unset file date df du expand factor finger halt install last link mount nice shutdown reboot top view at alias command export id fold stat who ' +
    'lua fish dash eval ping dig pip ruby python perl',
);

/** What cmd.exe and PowerShell know; letter case means nothing there. */
export const WINDOWS: ReadonlySet<string> = set(
  'cmd cmd.exe powershell powershell.exe pwsh.exe certutil certutil.exe bitsadmin mshta rundll32 regsvr32 wmic cscript wscript schtasks tasklist taskkill ' +
    'systeminfo dir type net net1 ver vol ipconfig ipconfig.exe whoami.exe ping.exe nslookup.exe findstr fsutil icacls cacls reg attrib del erase copy xcopy robocopy ' +
    'invoke-webrequest invoke-expression invoke-command invoke-restmethod get-content get-process get-childitem start-process start-sleep ' +
    'new-object get-wmiobject invoke-wmimethod iwr iex irm iwmi gwmi icm',
);

/** Cmd words that sentences have. */
export const WINDOWS_WORDS: ReadonlySet<string> = set('type net ver vol reg copy del erase attrib');

/** Worth running without an operand. */
export const ALONE: ReadonlySet<string> = set(
  'id whoami uname ls dir ps env printenv ifconfig ipconfig netstat hostname pwd systeminfo ver uptime whoami.exe ipconfig.exe tasklist',
);
/** The same, but words of sentences. */
export const ALONE_WORDS: ReadonlySet<string> = set('who set w reboot shutdown halt date last mount export df');
/** A shell that reads what came down a pipe. */
export const SHELLS: ReadonlySet<string> = set(
  'sh bash dash zsh ksh csh ash python python3 perl php ruby node pwsh powershell',
);
/** Make text out of what nobody can read. */
export const DECODERS: ReadonlySet<string> = set('base64 base32 rev xxd openssl');
/** The operand is a number. */
export const NUMERIC: ReadonlySet<string> = set('sleep usleep kill ping nc ncat timeout head tail start-sleep');
/** The operand is another command. */
export const RUNNERS: ReadonlySet<string> = set(
  'sudo env nohup exec command time timeout xargs busybox nice setsid stdbuf watch eval su strace',
);

/** Stand before a command. */
export const RESERVED: ReadonlySet<string> = set('if then elif else while until do { } ! time command builtin');
/** With these a sentence goes on. */
export const SENTENCE: ReadonlySet<string> = set(
  'a an the it me my you your we us our he she his her him they them their i in on at to of for and or is are was be out up off that this these ' +
    'those with from by as if not no all some more most any what when where who how there here then so but into about',
);

/** What a lesson begins with besides the programs. */
export const TOOLS: ReadonlySet<string> = set(
  'make cmake cd git npm npx pnpm yarn docker docker-compose kubectl sudo apt apt-get brew dnf pip pip3 cargo go rustc gcc cc g++ clang javac java dotnet mvn gradle ' +
    'node deno bun echo export set source mkdir clear then do for while if until case function pushd popd test ./configure virtualenv conda ' +
    'poetry helm terraform ansible',
);

/** Files and devices that only an attacker, or a lesson on attacks, reads after a separator. */
export const SENSITIVE = /\/etc\/(?:passwd|shadow|sudoers|group)|\/proc\/self|\/dev\/(?:tcp|udp)\//;

export function isProgram(name: string): boolean {
  return PROGRAMS.has(name) || WORDS.has(name) || WINDOWS.has(name.toLowerCase());
}

export function isWord(name: string): boolean {
  return WORDS.has(name) || WINDOWS_WORDS.has(name.toLowerCase());
}
