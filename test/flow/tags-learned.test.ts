import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minExamples } from '../../delivery/tags/learned/models.ts';
import { capabilities } from '../../webmail/wire.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { type Answer, openJmapClient } from '../support/jmap-client.ts';
import { greetDoor, sendMail } from '../support/mail-client.ts';

const owner = 'owner@example.org';
const everyday: readonly (readonly [from: string, subject: string, text: string])[] = [
  ['ada@example.net', 'Lunch on Thursday', 'Shall we meet at noon?'],
  ['bob@example.com', 'Minutes', 'Please read the minutes before Monday.'],
  ['carol@example.net', 'Photos of the garden', 'The roses are in bloom.'],
  ['dan@example.net', 'Train', 'We leave on Friday morning.'],
  ['eve@example.com', 'The roof', 'When can the roofer come?'],
  ['zoe@example.net', 'Holiday', 'Sun and sea.'],
];

function letter([from, subject, text]: readonly [string, string, string]): string {
  const id = `${Buffer.from(`${from}${subject}`).toString('hex')}@example.net`;
  const fields = [`From: ${from}`, `To: ${owner}`, `Subject: ${subject}`, `Message-ID: <${id}>`];
  return [...fields, '', text, ''].join('\r\n');
}

const trip = (n: number | string) =>
  ['teacher@school.example', `School trip, part ${n}`, 'To the parents of class four: bring boots.'] as const;

test('a tag that its owner put on some messages is given to the next one like them, until they say no', async t => {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address: owner }]);
  const { lmtp = 0, web = 0 } = (await startDoor(t, null, config)).ports;
  const using = [capabilities.core, capabilities.mail, capabilities.tagRules, capabilities.preferences];
  const client = await openJmapClient(parts, owner, using);
  const door = { name: 'lmtp', port: lmtp } as const;
  const peer = await greetDoor(door);
  const deliver = async (mail: readonly [string, string, string]): Promise<Answer> => {
    const [reply] = await sendMail(peer, door, { forwardPaths: [owner], octets: letter(mail) });
    assert.match(reply ?? '', /^250 /);
    const { ids } = await client.ask(web, 'Email/query', {
      filter: { subject: mail[1], from: mail[0] },
      sort: [{ property: 'receivedAt', isAscending: false }],
    });
    const properties = ['subject', 'mailboxIds', 'tagReasons'];
    return (await client.ask(web, 'Email/get', { ids: ids.slice(0, 1), properties })).list[0];
  };
  const change = (id: string, patch: object) => client.ask(web, 'Email/set', { update: { [id]: patch } });
  const made = await client.ask(web, 'Mailbox/set', { create: { school: { name: 'School' } } });
  const tagId: string = made.created.school.id;
  const path = `mailboxIds/${tagId}`;

  for (const mail of everyday) await deliver(mail);
  for (let n = 0; n < minExamples; n++) {
    const email = await deliver(trip(n));
    assert.equal(email.mailboxIds[tagId], undefined);
    await change(email.id, { [path]: true });
  }
  const next = await deliver(trip('last'));
  assert.equal(next.mailboxIds[tagId], true);
  const [{ tag, origin, en, fr }] = next.tagReasons;
  assert.deepEqual([tag, origin], [tagId, 'learned']);
  assert.ok(en.includes('the sender “teacher@school.example”'), en);
  assert.ok(fr.includes('l’expéditeur «\u00a0teacher@school.example\u00a0»'), fr);
  const other = await deliver(['frank@example.net', 'Chess', 'Your move.']);
  assert.equal(other.mailboxIds[tagId], undefined);

  await client.ask(web, 'Preferences/set', { update: { singleton: { learnsTags: false } } });
  assert.equal((await deliver(trip('without'))).mailboxIds[tagId], undefined);
  await client.ask(web, 'Preferences/set', { update: { singleton: { learnsTags: null } } });
  for (let n = 0; n < 3; n++) {
    const email = await deliver(trip(`unwanted ${n}`));
    if (email.mailboxIds[tagId]) await change(email.id, { [path]: null });
  }
  assert.equal((await deliver(trip('at the end'))).mailboxIds[tagId], undefined);
});
