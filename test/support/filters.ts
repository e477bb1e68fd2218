import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { atEnd } from './at-end.ts';
import { poll } from './poll.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Starting takes seconds of CPU: rules are compiled. */
const startMilliseconds = 120_000;

/** Debian's Rspamd until the test ends, with no name server that answers; gives its address for `filter.rspamd`. */
export async function startRspamd(t: Pick<TestContext, 'after'>, program: string): Promise<string> {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const lines = [
    '.include "/etc/rspamd/common.conf"',
    'options { .include "/etc/rspamd/options.inc"',
    `pidfile = "${folder}/pid"; tempdir = "${folder}";`,
    'dns { nameserver = ["127.0.0.1:9"]; timeout = 0.1s; retransmits = 1; } }',
    'logging { type = "console"; level = "error"; }',
    `worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; }`,
  ];
  writeFileSync(join(folder, 'rspamd.conf'), `${lines.join('\n')}\n`);
  const places = ['DBDIR', 'RUNDIR', 'LOGDIR'].map(name => `--var=${name}=${folder}`);
  run(t, program, ['-c', join(folder, 'rspamd.conf'), '-f', '-i', ...places]);
  await listening(port);
  return `http://127.0.0.1:${port}`;
}

/** Debian's spamd until the test ends, which asks no network; gives its address for `filter.spamd`. */
export async function startSpamd(t: Pick<TestContext, 'after'>, program: string): Promise<string> {
  const folder = temporaryFolder(t);
  const port = await freePort();
  run(t, program, [
    ...['--local', `--port=${port}`, '--listen=127.0.0.1', '--max-children=1', '--nouser-config'],
    ...['--syslog=stderr', `--helper-home-dir=${folder}`],
  ]);
  await listening(port);
  return `127.0.0.1:${port}`;
}

function run(t: Pick<TestContext, 'after'>, program: string, words: readonly string[]): void {
  const child = spawn(program, words, { stdio: 'ignore' });
  atEnd(t, () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
    child.kill();
    return gone;
  });
}

function listening(port: number): Promise<true> {
  return poll(
    'the filter to listen',
    () =>
      new Promise<true | undefined>(resolve => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => resolve(undefined));
        socket.on('connect', () => {
          socket.destroy();
          resolve(true);
        });
      }),
    startMilliseconds,
  );
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0));
    });
  });
}
