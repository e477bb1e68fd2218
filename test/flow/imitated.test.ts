import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

const ada = 'ada@example.org';
const ben = 'ben@example.org';

test('a stranger with the name of a contact is seen for the owner who has the contact, and for nobody else', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: ada }, { address: ben }]);
  const account = await parts.store.getAccountByAddress(ada);
  assert.ok(account);
  await parts.store.putContact(account.id, {
    name: 'Elise Durand',
    addresses: ['email:elise@bakery.example'],
    card: null,
    index: null,
    facts: null,
  });
  const door = await startDoor(t, 'lmtp', config);
  const peer = await openDialogue(door.ports.lmtp ?? 0);
  await peer.expect(/^220 /);
  await peer.say('LHLO mx.example.net', /^250/);
  await peer.say('MAIL FROM:<x91@other.example>', /^250/);
  for (const path of [ada, ben]) await peer.say(`RCPT TO:<${path}>`, /^250/);
  await peer.say('DATA', /^354/);
  peer.send(
    'From: Elise Durand <x91@other.example>\r\nTo: ada@example.org\r\nSubject: Hello\r\n\r\nHello.\r\n.\r\n',
  );
  await peer.expect(/^250/);
  await peer.expect(/^250/);
  await peer.say('QUIT', /^221/);
  const reasons = await Promise.all(
    [ada, ben].map(async address => {
      const [email] = await storedEmails(parts, address);
      return email?.findings.score?.evidence?.map(([id]) => id) ?? [];
    }),
  );
  assert.ok(reasons[0]?.includes('contactImitated'), String(reasons[0]));
  assert.ok((reasons[1]?.length ?? 0) > 0 && !reasons[1]?.includes('contactImitated'), String(reasons[1]));
});
