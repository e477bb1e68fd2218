import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { type TestContext, test } from 'node:test';
import { doorNames } from '../../bin/serve/door.ts';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import { readyLine } from '../../bin/serve.ts';
import type { Config } from '../../delivery/config.ts';
import { backend } from '../support/backend.ts';
import { jsonLines, openCommand } from '../support/command.ts';
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

function listenAnywhere(): Promise<{ port: number; close: () => void }> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const bound = server.address();
      resolve({ port: typeof bound === 'object' && bound ? bound.port : 0, close: () => server.close() });
    });
  });
}

/** A port that another program holds until the test ends. */
async function holdPort(t: TestContext): Promise<number> {
  const { port, close } = await listenAnywhere();
  t.after(close);
  return port;
}

async function freePorts(count: number): Promise<number[]> {
  const found = await Promise.all(Array.from({ length: count }, listenAnywhere));
  for (const { close } of found) close();
  return found.map(({ port }) => port);
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
  const port = await holdPort(t);
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

test('doctor beside doors that run says that they hold their ports, and of others that they are taken', async t => {
  const { run } = openCommand(t);
  const [ports, other] = await Promise.all([freePorts(5), holdPort(t)]);
  const [smtp, lmtp, web, dns, acme] = ports;
  const config = testConfig(t, {
    ...{ 'smtp.port': smtp, 'lmtp.port': lmtp, 'web.port': web, 'dns.port': dns },
    ...{ 'web.tls': true, 'acme.directory': 'https://127.0.0.1:9/directory', 'acme.httpPort': acme },
  });
  const doors = await startDoor(t, null, config);
  const look = async (settings: Config) => {
    const { stdout } = await run(['--json', 'doctor'], { environment: settingsEnvironment(settings) });
    const found = jsonLines(stdout).filter(({ check }) => / port/.test(String(check)));
    return Object.fromEntries(found.map(({ check, status, detail }) => [check, `${status} ${detail}`]));
  };
  const heldBy = (door: string, port: number | undefined) =>
    `ok 127.0.0.1:${port} is taken by the ${door} door, which runs`;
  const expected = {
    'smtp port': heldBy('smtp', smtp),
    'lmtp port': heldBy('lmtp', lmtp),
    'web port': heldBy('web', web),
    'dns port': heldBy('dns', dns),
    'dns port (UDP)': heldBy('dns', dns),
    'acme port': heldBy('web', acme),
  };
  assert.deepEqual(await look(config), expected);
  const elsewhere = await look({ ...config, 'smtp.port': other });
  assert.deepEqual(elsewhere, { ...expected, 'smtp port': `warn 127.0.0.1:${other} is taken` });
  await doors.stop();
  const left = join(config.data, 'doors', 'lmtp-1');
  writeFileSync(left, '');
  assert.equal((await look(config))['smtp port'], `ok 127.0.0.1:${smtp} is free`);
  assert.equal(existsSync(left), false, 'what a fallen door has left is swept');
});

test('a door that can tell nobody where it listens takes mail all the same, and says so', async t => {
  const config = testConfig(t);
  mkdirSync(config.data, { recursive: true });
  writeFileSync(join(config.data, 'doors'), '');
  const door = await startDoor(t, 'lmtp', config);
  await openDialogue(door.ports.lmtp ?? 0);
  await poll('doorNotTold', async () => door.log.some(line => line.includes('doorNotTold')) || undefined);
  assert.equal(await door.stop(), 0);
});
