import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { type Dialogue, openDialogue } from '../support/smtp-dialogue.ts';
import { behindTrace, storedEmails } from '../support/stored.ts';

async function sendTo(peer: Dialogue, path: string, message: string): Promise<void> {
  await peer.say('MAIL FROM:<sender@example.net>', /^250/);
  await peer.say(`RCPT TO:<${path}>`, /^250/);
  await peer.say('DATA', /^354/);
  peer.send(Buffer.from(`${message.replace(/(^|\r\n)\./g, '$1..')}.\r\n`, 'latin1'));
  await peer.expect(/^250/);
}

const messages = [
  'From: Ada <ada@example.net>\r\nTo: ada@example.org\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\nMessage-ID: <1@example.net>\r\nDate: Mon, 2 Mar 2026 12:00:00 +0000\r\n\r\ntext with http://example.net/\r\n',
  'From: bank@example.com\r\nReply-To: x@example.net\r\nSubject: win\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>\xe9 <a href="http://192.0.2.1/">http://example.com</a><img src="http://example.net/1.gif" width=1></p>\r\n',
  '.a line of dots\r\n..\r\n.\r\nno header\r\n',
  '',
];

test('the same message through both doors is stored with the same octets and found out the same', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [
    { address: 'smtp@example.org' },
    { address: 'lmtp@example.org' },
  ]);
  const smtp = await startHaraka(t, config);
  const lmtp = await startDoor(t, 'lmtp', config);
  const mta = await openDialogue(lmtp.ports.lmtp ?? 0);
  await mta.expect(/^220 /);
  await mta.say('LHLO mx.example.org', /^250-/);
  const client = await smtp.greet();
  for (const message of messages) {
    await sendTo(client, 'smtp@example.org', message);
    await mta.say('XFORWARD ADDR=127.0.0.1 HELO=client.example.net', /^250/);
    await sendTo(mta, 'lmtp@example.org', message);
  }
  const [bySmtp, byLmtp] = await Promise.all([
    storedEmails(parts, 'smtp@example.org'),
    storedEmails(parts, 'lmtp@example.org'),
  ]);
  const octetsOf = (emails: typeof bySmtp) => emails.map(email => behindTrace(email.octets)).sort();
  assert.deepEqual(octetsOf(bySmtp), [...messages].sort());
  assert.deepEqual(octetsOf(byLmtp), [...messages].sort());
  for (const email of bySmtp) {
    const twin = byLmtp.find(other => behindTrace(other.octets) === behindTrace(email.octets));
    assert.ok(twin);
    assert.deepEqual(judgement(twin), judgement(email));
  }
});

/** All findings but what a door alone can know: the session and the facts about the way that are drawn from it. */
function judgement({ findings, summary, sealed }: Awaited<ReturnType<typeof storedEmails>>[number]) {
  const { authentication, decrypt, score, tags, failed, reversePath } = findings;
  const { authenticationResults: _ours, hops: _hops, ...checks } = authentication ?? {};
  const { lastHop: _lastHop, earlierHops: _earlierHops, ...facts } = findings.facts;
  return { checks, decrypt, score, tags, failed, reversePath, facts, summary, sealed };
}
