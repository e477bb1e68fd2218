import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Config, SettingKey } from '../../delivery/config.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { startForeignHaraka } from '../support/foreign-haraka.ts';
import { recordsOf, startNameServer } from '../support/name-server.ts';
import { openNextServer } from '../support/next-server.ts';
import { poll } from '../support/poll.ts';
import { startMilterPostfix } from '../support/postfix.ts';
import { requireService } from '../support/services.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

const top = join(import.meta.dirname, '..', '..');

/** Lets a client of the test say where it comes from. */
const addressPlugin = `
exports.hook_ehlo = function (next, connection, host) {
  const address = /^from-([\\d-]+)\\./.exec(host);
  if (address) connection.set('remote', 'ip', address[1].replaceAll('-', '.'));
  if (host.startsWith('user')) connection.notes.auth_user = 'ada@example.org';
  next();
};
`;

const published = recordsOf({
  'TXT partner.example': [['v=spf1 ip4:198.51.100.0/24 -all']],
});

const recipients = [{ address: 'ada@example.org' }] as const;

async function prepare(t: TestContext, settings: Partial<Record<SettingKey, unknown>>): Promise<Config> {
  const { address } = await startNameServer(t, published);
  return backend.prepare(t, { 'resolver.servers': [address], ...settings });
}

/** Our door in a Haraka that believes where clients say they come from. */
async function openHaraka(t: TestContext, settings: Partial<Record<SettingKey, unknown>>) {
  const config = await prepare(t, settings);
  const parts = await openTestParts(t, config, recipients);
  const port = await startForeignHaraka(t, {
    config,
    plugins: ['where', 'recipients', 'authenticate', 'reputation', 'score', 'tag', 'deliver'],
    sources: { where: addressPlugin },
    files: { 'connection.ini': readFileSync(join(top, 'config', 'connection.ini'), 'utf8') },
  });
  const greet = async (host: string) => {
    const peer = await openDialogue(port);
    await peer.expect(/^220 /);
    await peer.say(`EHLO ${host}`, /^250-/);
    return peer;
  };
  return { parts, greet };
}

async function send(peer: Dialogue, id: string, reversePath = 'zoe@sender.example'): Promise<string> {
  peer.send(`MAIL FROM:<${reversePath}>\r\n`);
  const mail = await peer.expect(/^\d{3} /);
  if (!mail.startsWith('250')) return mail;
  await peer.say('RCPT TO:<ada@example.org>', /^250/);
  await peer.say('DATA', /^354/);
  peer.send(
    `From: Zoe <${reversePath}>\r\nTo: ada@example.org\r\nSubject: lunch\r\nMessage-ID: <${id}@x>\r\n`,
  );
  peer.send('Date: Mon, 2 Mar 2026 12:00:00 +0000\r\n\r\nAt noon?\r\n.\r\n');
  return peer.expect(/^\d{3} /);
}

const greylisted = /^451 4\.7\.1 Greylisted/;

test('the SMTP door puts strangers off once, and lets in who comes again', async t => {
  const { parts, greet } = await openHaraka(t, {
    'greylist.enabled': true,
    'greylist.waitSeconds': 1,
    'senders.exempt': ['partner.example'],
  });
  const stranger = await greet('from-192-0-2-7.example');
  assert.match(await send(stranger, 'one'), greylisted);
  const partner = await greet('from-198-51-100-7.example');
  assert.match(await send(partner, 'partner', 'bob@partner.example'), /^250/);
  const pretender = await greet('from-203-0-113-7.example');
  assert.match(await send(pretender, 'pretender', 'bob@partner.example'), greylisted);
  assert.match(await send(await greet('user.from.example'), 'user'), /^250/);
  const again = await poll('the second try to be let in', async () => {
    const reply = await send(stranger, 'one');
    return greylisted.test(reply) ? undefined : reply;
  });
  assert.match(again, /^250/);
  const neighbour = await greet('from-192-0-2-99.example');
  assert.match(
    await send(neighbour, 'two', 'other@sender.example'),
    /^250/,
    'its network has shown its queue',
  );
  const stored = await storedEmails(parts, 'ada@example.org');
  assert.equal(stored.length, 4);
});

test('the SMTP door ends the connection of a network that sends too much', async t => {
  const { greet } = await openHaraka(t, { 'rateLimit.perNetwork': 2, 'rateLimit.perSender': 2 });
  const peer = await greet('from-192-0-2-7.example');
  assert.match(await send(peer, 'one', 'a@one.example'), /^250/);
  assert.match(await send(peer, 'two', 'b@two.example'), /^250/);
  assert.match(
    await send(peer, 'three', 'c@three.example'),
    /^421 4\.7\.0 Too many messages from your network/,
  );
  const [first, second, third] = await Promise.all(
    ['198-51-100', '198-51-101', '203-0-113'].map(network => greet(`from-${network}-1.example`)),
  );
  assert.ok(first && second && third);
  const spf = 'bob@partner.example';
  assert.match(await send(first, 'four', spf), /^250/);
  assert.match(await send(first, 'five', spf), /^250/);
  assert.match(await send(second, 'six', spf), /^250/, 'who only pretends has a count of its own');
  const user = await greet('user.from.example');
  for (const id of ['seven', 'eight', 'nine']) assert.match(await send(user, id), /^250/);
});

test('the milter door does the same for Postfix', async t => {
  const program = requireService(t, 'postfix');
  if (!program) return;
  const config = await prepare(t, {
    'greylist.enabled': true,
    'greylist.waitSeconds': 1,
    'rateLimit.perNetwork': 50,
  });
  const door = await startDoor(t, 'milter', config);
  const sink = await openNextServer(t);
  const postfix = await startMilterPostfix(t, {
    program,
    milterPort: door.ports.milter ?? 0,
    relayPort: sink.port,
    settings: ['smtpd_authorized_xclient_hosts = 127.0.0.1'],
  });
  const peer = await openDialogue(postfix.port);
  await peer.expect(/^220 /);
  await peer.say('EHLO client.example.net', /^250-/);
  await peer.say('XCLIENT ADDR=192.0.2.7 NAME=[UNAVAILABLE]', /^220/);
  await peer.say('EHLO client.example.net', /^250-/);
  assert.match(await send(peer, 'one'), greylisted);
  assert.match(await send(peer, 'two', 'other@sender.example'), greylisted);
  await poll('the second try to be let in', async () => {
    const reply = await send(peer, 'one');
    return reply.startsWith('250') ? true : undefined;
  });
  await poll('the mail to come through', () => sink.mails.find(mail => mail.includes('<one@x>')));
  const replies: string[] = [];
  while (!replies.at(-1)?.startsWith('421') && replies.length < 60) {
    const reply = await send(peer, `many${replies.length}`);
    replies.push(reply);
  }
  assert.match(replies.at(-1) ?? '', /^421 4\.7\.0 Too many messages from your network/);
});
