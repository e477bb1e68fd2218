import { type ChildProcess, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, globSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { removeFolder } from '../../support/remove-folder.ts';
import { domain } from './messages.ts';
import { type BenchSubject, freePort, portOpens, startChild, stopChild } from './subject.ts';

/**
 * Debian's Postfix + Rspamd + Dovecot doing the same job: SPF, DKIM and DMARC against the bench's resolver, Bayes in
 * Redis, delivery by LMTP into maildirs. Needs root and the packages postfix, rspamd, dovecot-lmtpd, redis-server.
 */
export async function startChain(resolverPort: number): Promise<BenchSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-chain-'));
  chmodSync(folder, 0o755);
  const ports = {
    smtp: await freePort(),
    milter: await freePort(),
    redis: await freePort(),
    control: await freePort(),
  };
  const children: ChildProcess[] = [];
  children.push(
    startChild('redis-server', [
      '--port',
      String(ports.redis),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      folder,
    ]),
  );
  children.push(startRspamd(folder, ports, resolverPort));
  children.push(startDovecot(folder));
  await Promise.all([portOpens(ports.redis, 'redis'), portOpens(ports.milter, 'rspamd')]);
  const master = await startPostfix(folder, ports);
  const mail = join(folder, 'mail');
  return {
    name: 'Postfix + Rspamd + Dovecot',
    protocol: 'smtp',
    port: ports.smtp,
    processes: () => [...children.map(child => child.pid ?? 0), master],
    async settle(expected) {
      for (let tries = 0; tries < 6000 && countMail(mail) < expected; tries++) await wait(20);
    },
    async stop() {
      execFileSync('postfix', ['-c', join(folder, 'postfix'), 'stop'], { stdio: 'ignore' });
      for (const child of children) await stopChild(child);
      removeFolder(folder);
    },
  };
}

function countMail(folder: string): number {
  return globSync(join(folder, '*/Maildir/new/*')).length;
}

interface Ports {
  readonly smtp: number;
  readonly milter: number;
  readonly redis: number;
  readonly control: number;
}

function startRspamd(folder: string, ports: Ports, resolverPort: number): ChildProcess {
  const local = join(folder, 'rspamd');
  mkdirSync(join(local, 'local.d'), { recursive: true });
  mkdirSync(join(local, 'override.d'));
  mkdirSync(join(local, 'maps.d'));
  const files = {
    'local.d/worker-proxy.inc': `bind_socket = "127.0.0.1:${ports.milter}";\nmilter = yes;\ntimeout = 120s;\nupstream "local" { default = yes; self_scan = yes; }\ncount = 2;\n`,
    'local.d/worker-normal.inc': 'enabled = false;\n',
    'local.d/worker-controller.inc': `bind_socket = "127.0.0.1:${ports.control}";\n`,
    'local.d/worker-fuzzy.inc': 'enabled = false;\n',
    'local.d/redis.conf': `servers = "127.0.0.1:${ports.redis}";\n`,
    'local.d/options.inc': `dns { nameserver = ["127.0.0.1:${resolverPort}:1"]; timeout = 1s; }\nlocal_addrs = [];\n`,
    'local.d/logging.inc': `type = "file"; filename = "${folder}/rspamd.log"; level = "error";\n`,
    'local.d/actions.conf': 'reject = null; greylist = null; add_header = 6;\n',
    ...Object.fromEntries(
      ['rbl', 'fuzzy_check', 'greylist', 'asn', 'url_redirector'].map(name => [
        `local.d/${name}.conf`,
        'enabled = false;\n',
      ]),
    ),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(local, file), text);
  for (const name of ['db', 'run', 'log']) mkdirSync(join(folder, name));
  execFileSync('chown', [
    '-R',
    '_rspamd:_rspamd',
    join(folder, 'db'),
    join(folder, 'run'),
    join(folder, 'log'),
    local,
  ]);
  chmodSync(folder, 0o777);
  const variables = {
    LOCAL_CONFDIR: local,
    DBDIR: join(folder, 'db'),
    RUNDIR: join(folder, 'run'),
    LOGDIR: join(folder, 'log'),
  };
  const words = Object.entries(variables).map(([name, value]) => `--var=${name}=${value}`);
  return startChild('rspamd', [
    '-f',
    '-u',
    '_rspamd',
    '-g',
    '_rspamd',
    '-c',
    '/etc/rspamd/rspamd.conf',
    ...words,
  ]);
}

function startDovecot(folder: string): ChildProcess {
  const [user, group] = numericUser('mail');
  const mail = join(folder, 'mail');
  mkdirSync(mail);
  chownSync(mail, user, group);
  writeFileSync(
    join(folder, 'dovecot.conf'),
    `base_dir = ${folder}/dovecot
state_dir = ${folder}/dovecot
protocols = lmtp
log_path = ${folder}/dovecot.log
ssl = no
mail_uid = ${user}
mail_gid = ${group}
first_valid_uid = 1
mail_home = ${mail}/%n
mail_location = maildir:~/Maildir
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${mail}/%n allow_all_users=yes
}
service lmtp {
  process_limit = 20
  unix_listener ${folder}/lmtp {
    mode = 0666
  }
}
`,
  );
  return startChild('dovecot', ['-F', '-c', join(folder, 'dovecot.conf')]);
}

function numericUser(name: string): [number, number] {
  const row = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(line => line.startsWith(`${name}:`))
    ?.split(':');
  return [Number(row?.[2]), Number(row?.[3])];
}

async function startPostfix(folder: string, ports: Ports): Promise<number> {
  const config = join(folder, 'postfix');
  const queue = join(folder, 'queue');
  const data = join(folder, 'postfix-data');
  for (const part of [config, queue, data]) mkdirSync(part);
  const [user, group] = numericUser('postfix');
  chownSync(data, user, group);
  writeFileSync(join(config, 'main.cf'), mainSettings(folder, ports));
  writeFileSync(join(config, 'master.cf'), masterSettings(ports.smtp));
  execFileSync('postfix', ['-c', config, 'start'], { stdio: 'ignore' });
  await portOpens(ports.smtp, 'postfix');
  return Number(readFileSync(join(queue, 'pid/master.pid'), 'utf8').trim());
}

function mainSettings(folder: string, ports: Ports): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/postfix-data
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = chain.example
mydestination =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = ${domain}
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:unix:${folder}/lmtp
smtpd_milters = inet:127.0.0.1:${ports.milter}
milter_default_action = tempfail
message_size_limit = 52428800
mailbox_size_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
`;
}

function masterSettings(port: number): string {
  const open = new Set(['pickup', 'cleanup', 'qmgr', 'flush']);
  const service = (name: string, type: string, wakeup: string, limit: string, command: string) =>
    `${name} ${type} ${type === 'inet' || open.has(name) ? 'n' : '-'} - n ${wakeup} ${limit} ${command}`;
  return `${[
    service(`127.0.0.1:${port}`, 'inet', '-', '100', 'smtpd'),
    service('pickup', 'unix', '60', '1', 'pickup'),
    service('cleanup', 'unix', '-', '0', 'cleanup'),
    service('qmgr', 'unix', '300', '1', 'qmgr'),
    service('tlsmgr', 'unix', '1000?', '1', 'tlsmgr'),
    service('rewrite', 'unix', '-', '-', 'trivial-rewrite'),
    service('bounce', 'unix', '-', '0', 'bounce'),
    service('defer', 'unix', '-', '0', 'bounce'),
    service('trace', 'unix', '-', '0', 'bounce'),
    service('flush', 'unix', '1000?', '0', 'flush'),
    service('proxymap', 'unix', '-', '-', 'proxymap'),
    service('lmtp', 'unix', '-', '20', 'lmtp'),
    service('error', 'unix', '-', '-', 'error'),
    service('retry', 'unix', '-', '-', 'error'),
    service('anvil', 'unix', '-', '1', 'anvil'),
    service('scache', 'unix', '-', '1', 'scache'),
    'postlog unix-dgram n - n - 1 postlogd',
  ].join('\n')}\n`;
}
