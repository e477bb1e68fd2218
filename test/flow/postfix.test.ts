import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { openNextServer } from '../support/next-server.ts';
import { poll } from '../support/poll.ts';
import { type Postfix, startPostfix } from '../support/postfix.ts';
import { requireService } from '../support/services.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

async function greet({ port }: Postfix): Promise<Dialogue> {
  const peer = await openDialogue(port);
  await peer.expect(/^220 /);
  await peer.say('EHLO client.example.net', /^250-/);
  return peer;
}

async function allDelivered(postfix: Postfix): Promise<void> {
  await poll(
    `an empty queue\n${postfix.log()}`,
    () => (postfix.queue().length === 0 ? true : undefined),
    30_000,
  );
}

const longLine = 'y'.repeat(5000);

test('a real Postfix delivers through the LMTP door with our snippet, and nothing bounces', async t => {
  const program = requireService(t, 'postfix');
  if (!program) return;
  const config = await backend.prepare(t, { 'spam.rejectAt': 0, 'spam.junkAt': 0 });
  const parts = await openTestParts(t, config, [
    { address: 'ada@example.org' },
    { address: 'bob@example.org' },
    { address: 'full@example.org', quotaOctets: 10 },
    { address: 'sealed@example.org', custody: 'client' },
  ]);
  const door = await startDoor(t, 'lmtp', config);
  // Where Postfix would send bounces.
  const sink = await openNextServer(t);
  const postfix = await startPostfix(t, { program, lmtpPort: door.ports.lmtp ?? 0, relayPort: sink.port });
  const peer = await greet(postfix);

  await t.test(
    'an unknown user is refused while the client is there, a broken one is put off alone',
    async () => {
      await peer.say('MAIL FROM:<sender@example.net>', /^250/);
      await peer.say('RCPT TO:<nobody@example.org>', /^550 5\.1\.1 /);
      await peer.say('RCPT TO:<sealed@example.org>', /^450 4\.[17]/);
      await peer.say('RCPT TO:<ada@example.org>', /^250/);
      await peer.say('RSET', /^250/);
    },
  );

  await t.test(
    'a message that all stages would reject is stored as junk, with the client of XFORWARD',
    async () => {
      await peer.say('MAIL FROM:<sender@example.net>', /^250/);
      await peer.say('RCPT TO:<ada@example.org>', /^250/);
      await peer.say('DATA', /^354/);
      peer.send(
        `Subject: buy\r\nMessage-ID: <p1@example.net>\r\n\r\n${longLine}\r\n.dot\r\n.\r\n`.replace(
          '\r\n.dot',
          '\r\n..dot',
        ),
      );
      await peer.expect(/^250/);
      await allDelivered(postfix);
      const [email] = await storedEmails(parts, 'ada@example.org');
      assert.ok(email);
      const account = await parts.store.getAccountByAddress('ada@example.org');
      const junk = (await parts.store.listTags(account?.id ?? '')).find(tag => tag.role === 'junk');
      assert.deepEqual(email.tagIds, [junk?.id]);
      assert.ok(email.octets.endsWith(`\r\n\r\n${longLine}\r\n.dot\r\n`), 'no line is broken');
      assert.match(
        email.octets,
        /\r\nReceived: from client\.example\.net[^\n]*\r\n\tby mx\.example\.org with LMTP/,
      );
      const { session } = email.findings;
      assert.equal(session?.source, 'xforward');
      assert.equal(session?.remoteAddress, '127.0.0.1');
      assert.equal(session?.helo, 'client.example.net');
      assert.equal(session?.tls, null);
    },
  );

  await t.test('three recipients, one full: two have it once, one alone is tried again', async () => {
    await peer.say('MAIL FROM:<sender@example.net>', /^250/);
    for (const name of ['ada', 'full', 'bob']) await peer.say(`RCPT TO:<${name}@example.org>`, /^250/);
    await peer.say('DATA', /^354/);
    peer.send('Subject: three\r\nMessage-ID: <p2@example.net>\r\n\r\ntext\r\n.\r\n');
    await peer.expect(/^250/);
    const waiting = await poll('one deferred recipient', () => {
      const [mail] = postfix.queue();
      return mail?.queue_name === 'deferred' ? mail : undefined;
    });
    postfix.flush();
    assert.deepEqual(
      waiting.recipients.map(({ address }) => address),
      ['full@example.org'],
    );
    assert.match(waiting.recipients[0]?.delay_reason ?? '', /4\.2\.2/);
    const subjects = async (address: string) =>
      (await storedEmails(parts, address)).filter(({ summary }) => summary.subject === 'three').length;
    assert.equal(await subjects('ada@example.org'), 1);
    assert.equal(await subjects('bob@example.org'), 1);
    assert.equal(await subjects('full@example.org'), 0);
  });

  assert.deepEqual(sink.mails, [], 'nobody was sent a bounce');

  await t.test(
    'a bounce would have been seen: a mailbox that goes away behind the MTA makes one',
    async () => {
      const bob = await parts.store.getAccountByAddress('bob@example.org');
      await parts.store.removeAccount(bob?.id ?? '');
      await peer.say('MAIL FROM:<sender@example.net>', /^250/);
      await peer.say('RCPT TO:<bob@example.org>', /^250/);
      await peer.say('DATA', /^354/);
      peer.send('Subject: too late\r\nMessage-ID: <p3@example.net>\r\n\r\ntext\r\n.\r\n');
      await peer.expect(/^250/);
      const bounce = await poll('the bounce', () => sink.mails[0]);
      assert.match(bounce, /550 5\.1\.1 No such mailbox here/);
    },
  );
  await peer.say('QUIT', /^221/);
});
