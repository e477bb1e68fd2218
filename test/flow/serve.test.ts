import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { test } from 'node:test';
import { doorNames } from '../../bin/serve/door.ts';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import { readyLine } from '../../bin/serve.ts';
import type { Config } from '../../delivery/config.ts';
import { backend } from '../support/backend.ts';
import { startDoor, testConfig } from '../support/door-process.ts';
import { poll } from '../support/poll.ts';
import { childrenOf, wordsOf } from '../support/processes.ts';
import { openDialogue } from '../support/smtp-dialogue.ts';

function runServe(config: Config, ...words: string[]) {
  const main = join(import.meta.dirname, '..', '..', 'bin', 'main.ts');
  return spawnSync(execPath, ['--disable-warning=ExperimentalWarning', main, 'serve', ...words], {
    encoding: 'utf8',
    env: { ...env, ...settingsEnvironment(config) },
    timeout: 60_000,
  });
}

test('all doors under one supervisor: ready, restarted on the same port after a crash, stopped cleanly', async t => {
  const config = await backend.prepare(t);
  const doors = await startDoor(t, null, config);
  assert.deepEqual(Object.keys(doors.ports).sort(), ['dns', 'lmtp', 'smtp', 'web']);
  const smtpPort = doors.ports.smtp ?? 0;
  const [before, lmtp] = await Promise.all([openDialogue(smtpPort), openDialogue(doors.ports.lmtp ?? 0)]);
  await before.expect(/^220 /);
  await lmtp.expect(/^220 /);
  const web = await fetch(`http://127.0.0.1:${doors.ports.web}/`);
  assert.equal(web.status, 200);
  const smtpProcess = childrenOf(doors.process.pid ?? 0).find(id => wordsOf(id).includes('smtp'));
  assert.ok(smtpProcess);
  process.kill(smtpProcess, 'SIGKILL');
  await before.closed();
  // For a moment the dying process's socket still takes connections: only a greeting says that the door is back.
  const greeting = async () => (await openDialogue(smtpPort)).expect(/^220 /);
  await poll('the SMTP door to be back', () => greeting().catch(() => undefined), 30_000);
  assert.ok(doors.log.some(line => line.includes('doorFell')));
  assert.equal(await doors.stop('SIGINT'), 0);
  assert.deepEqual(childrenOf(doors.process.pid ?? 0), []);
  assert.equal(statSync(join(config.data, 'tls', 'self-made.pem')).mode & 0o777, 0o600);
});

test('ports that are taken are told in one line each that names the setting, and end with 1', async t => {
  const taken = createServer();
  const port = await new Promise<number>(resolve => {
    taken.listen(0, '127.0.0.1', () => {
      const bound = taken.address();
      resolve(typeof bound === 'object' && bound ? bound.port : 0);
    });
  });
  t.after(() => taken.close());
  for (const door of doorNames) {
    const alone = runServe(testConfig(t, { [`${door}.port`]: port }), door);
    assert.equal(alone.status, 1, alone.stderr);
    assert.match(
      alone.stderr,
      new RegExp(`the ${door} door can't listen on 127\\.0\\.0\\.1 port ${port}: the port is taken`),
    );
    assert.match(alone.stderr, new RegExp(`${door}\\.port`));
    assert.equal(alone.stderr.trim().split('\n').length, 1, alone.stderr);
    assert.equal(alone.stdout, '');
  }
  const all = runServe(testConfig(t, { 'smtp.port': port, 'lmtp.port': port }));
  assert.equal(all.status, 1, all.stderr);
  assert.deepEqual(
    all.stderr
      .trim()
      .split('\n')
      .map(line => line.match(/set (\S+)/)?.[1]),
    ['smtp.port', 'lmtp.port'],
  );
});

test('a door that there is not is used wrongly: exit 2', t => {
  const { status, stderr } = runServe(testConfig(t), 'pop3');
  assert.equal(status, 2);
  assert.match(stderr, /doors are smtp, lmtp, web, dns/);
});

test('a socket file that can not be made is told without a port, with what is in its way', t => {
  const { status, stderr } = runServe(testConfig(t, { 'lmtp.address': 'unix:/nowhere/lmtp.sock' }), 'lmtp');
  assert.equal(status, 1, stderr);
  assert.match(stderr, /listen on unix:\/nowhere\/lmtp\.sock: its folder is not there/);
  assert.match(stderr, /set lmtp\.address \(CALIOPEN_LMTP_ADDRESS\) to another$/m);
});

test('a folder of certificates that is not there is told in words before any door starts', t => {
  const config = testConfig(t, { 'web.tls': true, 'tls.folder': '/nowhere/certificates' });
  const { status, stdout, stderr } = runServe(config);
  assert.equal(status, 2, stderr);
  assert.equal(
    stderr,
    'caliopen: tls.folder: /nowhere/certificates: there is no such folder; give this user a folder to read there, or set tls.folder to the one that holds the certificates\n',
  );
  assert.equal(stdout, '');
  assert.equal(existsSync(join(config.data, 'directory.db')), false, 'no door has made a store');
});

test('the line of the web door names the scheme that it speaks', t => {
  const web = { name: 'web', address: '::1', port: 443 } as const;
  const lineOf = (tls: boolean) => readyLine(web, testConfig(t, { 'web.tls': tls }), false);
  assert.deepEqual(
    [lineOf(false), lineOf(true)],
    ['web    ready at http://[::1]:443/', 'web    ready at https://[::1]:443/'],
  );
});
