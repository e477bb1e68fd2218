import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readPrivateKey } from '../../delivery/crypto/keys.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { encrypt, encryptedMessage, makePerson, textMessage } from '../support/openpgp-mail.ts';
import { poll } from '../support/poll.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';
import { behindTrace, storedEmails } from '../support/stored.ts';
import { unseal } from '../support/unseal.ts';

/** Files below the data folder whose octets hold the word, in any case. */
function filesWith(data: string, word: string): string[] {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => readFileSync(file).toString('latin1').toLowerCase().includes(word));
}

async function openFlow(t: TestContext) {
  const config = await backend.prepare(t, { 'log.level': 'debug' });
  const parts = await openTestParts(t, config, [
    { address: 'client@example.org', custody: 'client' },
    { address: 'server@example.org', custody: 'server' },
  ]);
  const [smtp, lmtp] = await Promise.all([startHaraka(t, config), startDoor(t, 'lmtp', config)]);
  const mta = await openDialogue(lmtp.ports.lmtp ?? 0);
  await mta.expect(/^220 /);
  await mta.say('LHLO mta.example.org', /^250-/);
  const idOf = async (address: string) => (await parts.store.getAccountByAddress(address))?.id ?? '';
  return { config, parts, idOf, smtp, lmtp, peers: [await smtp.greet(), mta] };
}

async function deliver(peer: Dialogue, path: string, message: string): Promise<void> {
  await peer.say('MAIL FROM:<zoe@example.net>', /^250/);
  await peer.say(`RCPT TO:<${path}>`, /^250/);
  await peer.say('DATA', /^354/);
  peer.send(`${message}.\r\n`);
  await peer.expect(/^250/);
}

/** The names of servers and signing domains are evidence of the way, kept like the session; all else is content. */
const secret = [
  'Received: from inner.example.net ([192.0.2.9]) by out.example.net with ESMTP; Sun, 1 Mar 2026 12:00:00 +0000',
  'DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=s; h=from; bh=AAAA; b=AAAA',
  'From: Zoe <zoe@example.net>',
  'Reply-To: xyzzyreply@example.net',
  'To: client@example.org',
  'Bcc: xyzzybcc@example.net',
  'Subject: the xyzzysubject',
  'References: <xyzzyreference@example.net>',
  'List-Id: <xyzzylist.example.net>',
  'X-Note: xyzzyfield',
  'Message-ID: <1@example.net>',
  'Date: Sun, 1 Mar 2026 12:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=xyzzyboundary',
  '',
  '--xyzzyboundary',
  'Content-Type: text/html',
  '',
  '<p>xyzzybody</p><a href="http://192.0.2.1/xyzzylink">http://bank.example/</a>',
  '--xyzzyboundary',
  'Content-Type: text/plain; name="xyzzyfile.exe"',
  'Content-Disposition: attachment; filename="xyzzyfile.exe"',
  '',
  'eHl6enk=',
  '--xyzzyboundary--',
  '',
].join('\r\n');

test('with a client-held key mail is deferred without the key, and with it nothing but the envelope lies open', async t => {
  const { config, parts, idOf, smtp, lmtp, peers } = await openFlow(t);
  for (const peer of peers) {
    await peer.say('MAIL FROM:<zoe@example.net>', /^250/);
    await peer.say('RCPT TO:<client@example.org>', /^452 4\.7\.5 /);
    await peer.say('RSET', /^250/);
  }
  const owner = await makePerson('client@example.org');
  await parts.store.putPublicKey(await idOf('client@example.org'), owner.known('own'));
  for (const [index, peer] of peers.entries())
    await deliver(peer, 'client@example.org', secret.replace('X-Note:', `X-Note: ${index}`));
  const emails = await storedEmails(parts, 'client@example.org');
  assert.equal(emails.length, 2);
  const privateKey = await readPrivateKey(owner.key.privateKey);
  for (const { octets, ...email } of emails) {
    assert.ok(email.sealed);
    assert.match(octets, /\r\nContent-Type: multipart\/encrypted;\s+protocol="application\/pgp-encrypted"/);
    const opened = Buffer.from(await unseal(Buffer.from(octets, 'latin1'), [privateKey])).toString('latin1');
    assert.match(
      behindTrace(opened),
      /^Received: from inner\.example[\s\S]*X-Note: [01] xyzzyfield[\s\S]*--\r\n$/,
    );
    assert.doesNotMatch(JSON.stringify(email), /xyzzy/i);
  }
  await Promise.all([smtp.stop(), lmtp.stop()]);
  assert.deepEqual(filesWith(config.data, 'xyzzy'), []);
  assert.doesNotMatch([...smtp.log, ...lmtp.log].join('\n'), /xyzzy/i);
});

test('with a server-held key encrypted mail stays encrypted, its words are in the search file alone', async t => {
  const { config, parts, idOf, smtp, lmtp, peers } = await openFlow(t);
  const owner = await makePerson('server@example.org');
  const id = await idOf('server@example.org');
  await parts.store.putPublicKey(id, owner.known('own'));
  await parts.store.putPrivateKey(id, {
    fingerprint: owner.key.fingerprint,
    custody: 'server',
    wrapped: parts.keyring.wrap(owner.key.privateKey),
    createdAt: new Date(),
  });
  // What a list shows of a message is its beginning; the word stands far behind it.
  const inner = textMessage('zoe@example.net', `${'so it begins. '.repeat(60)}\r\n\r\nxyzzybody\r\n`);
  const [peer] = peers;
  assert.ok(peer);
  await deliver(
    peer,
    'server@example.org',
    encryptedMessage('zoe@example.net', await encrypt(inner, [owner])),
  );
  await poll('the search to find it', async () => {
    const { rows } = await parts.store.queryEmails(id, {
      filter: { search: { field: 'any', words: ['xyzzybody'], prefix: false } },
      sort: [{ key: 'receivedAt', ascending: false }],
      limit: 10,
    });
    return rows.length === 1 ? true : undefined;
  });
  const [email] = await storedEmails(parts, 'server@example.org');
  assert.equal(email?.findings.decrypt?.opened, true);
  assert.doesNotMatch(JSON.stringify(email), /xyzzy/i);
  await Promise.all([smtp.stop(), lmtp.stop()]);
  for (const file of filesWith(config.data, 'xyzzy')) assert.match(file, /\/search\//);
  assert.doesNotMatch([...smtp.log, ...lmtp.log].join('\n'), /xyzzy/i);
});
