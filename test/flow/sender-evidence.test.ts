import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend } from '../support/backend.ts';
import { openTestParts } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { recordsOf, startNameServer } from '../support/name-server.ts';
import type { Dialogue } from '../support/smtp-dialogue.ts';
import { behindTrace, storedEmails } from '../support/stored.ts';

const ada = 'ada@example.org';

const letter = (id: string, extra = '') =>
  `From: Zoe <zoe@example.net>\r\nTo: ${ada}\r\n${extra}Subject: lunch\r\nMessage-ID: <${id}@example.net>\r\n` +
  'Date: Mon, 2 Mar 2026 12:00:00 +0000\r\n\r\nAt noon?\r\n';

const junk =
  'From: Prize <win@example.net>\r\nSubject: YOU HAVE WON\r\n\r\n' +
  'Buy cheap viagra pills online now! You have won a lottery prize of $5,000,000. Click here to claim.\r\n' +
  'http://192.0.2.9/claim\r\n';

async function send(peer: Dialogue, octets: string, path = ada): Promise<string> {
  await peer.say('MAIL FROM:<zoe@example.net>', /^250/);
  await peer.say(`RCPT TO:<${path}>`, /^250/);
  await peer.say('DATA', /^354/);
  peer.send(`${octets}.\r\n`);
  return peer.expect(/^\d{3} /);
}

test('what every owner refuses is refused with a reason and a way to appeal, but never the way itself', async t => {
  const config = await backend.prepare(t, {
    'spam.rejectAt': 0.9,
    'spam.appeal': 'https://example.org/appeal',
  });
  const parts = await openTestParts(t, config, [{ address: ada }, { address: 'postmaster@example.org' }]);
  const peer = await (await startHaraka(t, config)).greet();
  assert.match(
    await send(peer, junk),
    /^550 5\.7\.1 Message refused: it looks like spam \([ -~]+\)\. If that is wrong, please tell https:\/\/example\.org\/appeal\r\n$/,
  );
  assert.match(await send(peer, junk, 'postmaster@example.org'), /^250/);
  assert.match(await send(peer, letter('ordinary')), /^250/);
  assert.equal((await storedEmails(parts, ada)).length, 1);
  assert.equal((await storedEmails(parts, 'postmaster@example.org')).length, 1);
});

test('our results stand in front, those that came stay in the octets, and are read by nobody', async t => {
  const { address } = await startNameServer(
    t,
    recordsOf({ 'TXT _dmarc.example.net': [['v=DMARC1; p=reject']], 'TXT example.net': [['v=spf1 -all']] }),
  );
  const config = await backend.prepare(t, {
    'resolver.servers': [address],
    'resolver.timeoutMilliseconds': 5000,
  });
  const parts = await openTestParts(t, config, [{ address: ada }]);
  const peer = await (await startHaraka(t, config)).greet();
  const forged = 'Authentication-Results: mx.example.org; spf=pass; dmarc=pass header.from=example.net\r\n';
  assert.match(await send(peer, letter('forged', forged)), /^250/);
  const [email] = await storedEmails(parts, ada);
  assert.equal(behindTrace(email?.octets ?? ''), letter('forged', forged));
  const [ours = ''] = /^Authentication-Results: (?:[^\r]|\r\n\t)*/m.exec(String(email?.octets)) ?? [];
  assert.match(
    ours,
    /^Authentication-Results: mx\.example\.org;\r\n\tdkim=none;\r\n\tspf=fail smtp\.mailfrom=example\.net;/,
  );
  assert.match(ours, /;\r\n\tdmarc=fail \(p=reject\) header\.from=example\.net/);
  assert.equal(email?.findings.authentication?.dmarc.result, 'fail');
});

test('a dead resolver costs one bounded wait for a message, which is stored with temperror', async t => {
  const dead = await startNameServer(t, () => null);
  const config = await backend.prepare(t, {
    'resolver.servers': [dead.address],
    'resolver.timeoutMilliseconds': 1000,
  });
  const parts = await openTestParts(t, config, [{ address: ada }]);
  const peer = await (await startHaraka(t, config)).greet();
  assert.match(await send(peer, letter('first')), /^250/);
  const startedAt = performance.now();
  assert.match(await send(peer, letter('second')), /^250/);
  const took = performance.now() - startedAt;
  assert.ok(took < 4000, `${took} ms`);
  assert.ok(dead.asked.length >= 2);
  for (const { findings } of await storedEmails(parts, ada)) {
    assert.equal(findings.authentication?.spf.result, 'temperror');
    assert.equal(findings.authentication?.dmarc.result, 'temperror');
    assert.deepEqual(findings.failed, []);
  }
});
