import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { type TestContext, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { settingsEnvironment } from '../../bin/serve/settings-environment.ts';
import { atEnd } from '../support/at-end.ts';
import { testConfig } from '../support/door-process.ts';
import { poll } from '../support/poll.ts';
import { openDialogue } from '../support/smtp-dialogue.ts';

const top = join(import.meta.dirname, '..', '..');
const harakaFolder = join(top, 'node_modules', 'haraka');

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0));
    });
  });
}

/** The server behind somebody else's Haraka: keeps what is forwarded to it. */
async function openNextServer(t: TestContext): Promise<{ port: number; mails: string[] }> {
  const mails: string[] = [];
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('latin1'));
        done();
      });
    },
  });
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', () => resolve()));
  atEnd(t, () => new Promise<void>(resolve => server.close(resolve)));
  const bound = server.server.address();
  return { port: typeof bound === 'object' && bound ? bound.port : 0, mails };
}

/** A Haraka of somebody else: its own folder, its own queue, some plugins of ours. */
async function startForeignHaraka(
  t: TestContext,
  plugins: readonly string[],
  nextPort: number,
): Promise<number> {
  const config = testConfig(t);
  const folder = join(config.data, 'foreign');
  mkdirSync(join(folder, 'config'), { recursive: true });
  mkdirSync(join(folder, 'queue'));
  symlinkSync(join(top, 'plugins'), join(folder, 'plugins'));
  const port = await freePort();
  const files: Record<string, string> = {
    plugins: ['rcpt_to.in_host_list', ...plugins, 'queue/smtp_forward'].join('\n'),
    host_list: 'example.org\n',
    'smtp.ini': `listen=127.0.0.1:${port}\nnodes=0\n`,
    'smtp_forward.ini': `host=127.0.0.1\nport=${nextPort}\n`,
    'connection.ini': readFileSync(join(harakaFolder, 'config', 'connection.ini'), 'utf8'),
    'log.ini': '[main]\nlevel=warn\n',
    'tls.ini': '[main]\ndhparam=dhparams.pem\n',
    me: 'foreign.example.org\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'config', name), text);
  const child = spawn(execPath, [join(harakaFolder, 'haraka.js')], {
    env: { ...env, ...settingsEnvironment(config), HARAKA: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => output.push(String(chunk)));
  const gone = new Promise(resolve => child.once('exit', resolve));
  atEnd(t, () => {
    child.kill('SIGKILL');
    return gone;
  });
  await poll('the foreign Haraka', async () => {
    if (child.exitCode !== null) throw new Error(output.join(''));
    const peer = await openDialogue(port).catch(() => undefined);
    peer?.drop();
    return peer ? true : undefined;
  });
  return port;
}

const message = [
  'From: sender@example.net',
  'To: ada@example.org',
  'X-Caliopen-Score: 0.0000; verdict=ham',
  'X-Caliopen-Anything: mine',
  'Subject: hello',
  'Message-ID: <1@example.net>',
  'Date: Mon, 2 Mar 2026 12:00:00 +0000',
  '',
  'text',
  '..a dot',
  '.',
  '',
].join('\r\n');

test("alone in somebody else's Haraka the stages judge, add one field each, and leave the queue alone", async t => {
  const next = await openNextServer(t);
  const port = await startForeignHaraka(t, ['authenticate', 'score', 'privacy'], next.port);
  const peer = await openDialogue(port);
  await peer.expect(/^220 /);
  await peer.say('EHLO client.example.net', /^250-/);
  await peer.say('MAIL FROM:<sender@example.net>', /^250/);
  await peer.say('RCPT TO:<ada@example.org>', /^250/);
  await peer.say('DATA', /^354/);
  peer.send(message);
  await peer.expect(/^250/);
  const [mail = ''] = next.mails;
  assert.match(mail, /\r\nX-Caliopen-Authentication: spf=\w+; /);
  assert.match(mail, /\r\nX-Caliopen-Score: (?:0\.\d{4}|1\.0000|unknown); verdict=\w+; reasons=/);
  assert.match(mail, /\r\nX-Caliopen-Privacy: level=[A-E]; value=[\d.]+; /);
  assert.equal(mail.match(/X-Caliopen-/g)?.length, 3, 'fields of the sender in our name are gone');
  assert.ok(mail.endsWith('\r\n\r\ntext\r\n.a dot\r\n'));
});
