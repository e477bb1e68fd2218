import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { atEnd } from './at-end.ts';
import { poll } from './poll.ts';
import { removeFolder } from './remove-folder.ts';

/** Debian's Postfix from a folder of its own, with our snippet. */
export interface Postfix {
  readonly port: number;
  /** Mails that still wait, one object for each. */
  queue(): QueuedMail[];
  /** Tries the deferred ones again now. */
  flush(): void;
  log(): string;
}

export interface QueuedMail {
  readonly queue_name: string;
  readonly sender: string;
  readonly recipients: ReadonlyArray<{ readonly address: string; readonly delay_reason?: string }>;
}

const snippets = join(import.meta.dirname, '..', '..', 'config', 'deploy', 'postfix');

/**
 * Starts Postfix on a free port until the test ends. Its mail for example.org goes to the LMTP door, all other mail
 * (bounces are what there would be) to `relayPort`; `settings` are more lines of main.cf. Needs root, as Postfix does.
 */
export async function startPostfix(
  t: Pick<TestContext, 'after'>,
  given: { program: string; lmtpPort: number; relayPort: number; settings?: readonly string[] },
): Promise<Postfix> {
  const { program } = given;
  const folder = mkdtempSync(join(tmpdir(), 'caliopen-postfix-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  writeFiles(folder, { settings: [], ...given, port });
  const run = (command: string, ...words: string[]) => {
    const done = spawnSync(join(dirname(program), command), ['-c', join(folder, 'etc'), ...words], {
      encoding: 'utf8',
    });
    return { ...done, text: `${done.stdout}${done.stderr}` };
  };
  const logFile = join(folder, 'log', 'mail.log');
  atEnd(t, () => {
    run('postfix', 'stop');
    removeFolder(folder);
  });
  const started = run('postfix', 'start');
  if (started.status !== 0) throw new Error(`postfix does not start: ${started.text}`);
  await poll('postfix to listen', () => (run('postfix', 'status').status === 0 ? true : undefined));
  return {
    port,
    queue: () =>
      run('postqueue', '-j')
        .stdout.split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as QueuedMail),
    flush: () => void run('postqueue', '-f'),
    log: () => readFileSync(logFile, 'utf8'),
  };
}

/**
 * Starts one that asks the milter door on `milterPort`, with our snippet, and sends on what that takes to `relayPort`;
 * `settings` are more lines of main.cf.
 */
export function startMilterPostfix(
  t: Pick<TestContext, 'after'>,
  given: { program: string; milterPort: number; relayPort: number; settings?: readonly string[] },
): Promise<Postfix> {
  const { program, milterPort, relayPort, settings = [] } = given;
  const ours = readFileSync(join(snippets, 'milter.cf'), 'utf8');
  return startPostfix(t, {
    program,
    // Nothing goes there.
    lmtpPort: 9,
    relayPort,
    settings: [
      ours.replace('127.0.0.1:8899', `127.0.0.1:${milterPort}`),
      `virtual_transport = smtp:[127.0.0.1]:${relayPort}`,
      'smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination',
      ...settings,
    ],
  });
}

function writeFiles(
  folder: string,
  {
    program,
    port,
    lmtpPort,
    relayPort,
    settings,
  }: { program: string; port: number; lmtpPort: number; relayPort: number; settings: readonly string[] },
): void {
  const [etc, queue, data, log] = ['etc', 'queue', 'data', 'log'].map(name => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const part of [etc, queue, data, log]) mkdirSync(part);
  const owner = Number(spawnSync('id', ['-u', 'postfix'], { encoding: 'utf8' }).stdout);
  for (const part of [data, log]) chownSync(part, owner, owner);
  const ours = readFileSync(join(snippets, 'main.cf'), 'utf8').replace(
    '127.0.0.1:2424',
    `127.0.0.1:${lmtpPort}`,
  );
  const own = [
    'compatibility_level = 3.6',
    `queue_directory = ${queue}`,
    `data_directory = ${data}`,
    `command_directory = ${dirname(program)}`,
    'daemon_directory = /usr/lib/postfix/sbin',
    `maillog_file = ${join(log, 'mail.log')}`,
    `maillog_file_prefixes = ${tmpdir()}`,
    'myhostname = mx.example.org',
    'mydestination =',
    'inet_interfaces = loopback-only',
    'inet_protocols = ipv4',
    'mynetworks = 192.0.2.1/32',
    'smtp_dns_support_level = disabled',
    'smtpd_peername_lookup = no',
    'alias_maps =',
    'alias_database =',
    'local_recipient_maps =',
    `relayhost = [127.0.0.1]:${relayPort}`,
    'notify_classes = bounce, delay, 2bounce, policy, protocol, resource, software',
    'address_verify_poll_delay = 1s',
    'address_verify_poll_count = 10',
    'minimal_backoff_time = 300s',
  ];
  writeFileSync(join(etc, 'main.cf'), [...own, ours, ...settings, ''].join('\n'));
  writeFileSync(join(etc, 'master.cf'), masterFile(port));
}

function masterFile(port: number): string {
  const row = (words: string) => words.split(' ').join('\t');
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'verify unix - - n - 1 verify',
    'tlsmgr unix - - n 1000? 1 tlsmgr',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    'proxywrite unix - - n - 1 proxymap',
    'smtp unix - - n - - smtp',
    'relay unix - - n - - smtp',
    'lmtp unix - - n - - lmtp',
    'showq unix n - n - - showq',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'discard unix - - n - - discard',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
  ]
    .map(words => `${row(words)}\n`)
    .join('');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0));
    });
  });
}
