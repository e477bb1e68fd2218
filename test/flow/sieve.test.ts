// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of Sieve look like those of templates
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Parts } from '../../delivery/open.ts';
import { capabilities } from '../../webmail/wire.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { type Answer, type JmapClient, openJmapClient } from '../support/jmap-client.ts';
import { greetDoor, type MailDoor, sendMail } from '../support/mail-client.ts';
import { makePerson } from '../support/openpgp-mail.ts';
import type { Dialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

const address = 'ada@example.org';

/** An account with a client of its JMAP, and an LMTP door that delivers to it. */
interface Site {
  readonly parts: Parts;
  readonly client: JmapClient;
  readonly web: number;
  readonly door: MailDoor;
  readonly peer: Dialogue;
  /** Messages so far: no two are the same. */
  sent: number;
}

async function openSite(t: TestContext): Promise<Site> {
  const config = await backend.prepare(t);
  const parts = await openTestParts(t, config, [{ address }]);
  const [web, lmtp] = await Promise.all([startDoor(t, 'web', config), startDoor(t, 'lmtp', config)]);
  const using = Object.values(capabilities);
  const door: MailDoor = { name: 'lmtp', port: lmtp.ports.lmtp ?? 0 };
  return {
    parts,
    client: await openJmapClient(parts, address, using),
    web: web.ports.web ?? 0,
    door,
    peer: await greetDoor(door),
    sent: 0,
  };
}

/** Uploads a script and makes it the active one, in place of all others. */
async function useScript({ client, web, parts }: Site, script: string): Promise<void> {
  const blobId = await parts.store.putBlob(client.accountId, Buffer.from(script), 'application/sieve');
  const { created } = await client.ask(web, 'SieveScript/set', {
    create: { a: { blobId } },
    onSuccessActivateScript: '#a',
  });
  assert.equal(created?.a.isActive, true);
}

/** Delivers a message with these header fields; gives its mailboxes by their paths, its keywords, and why. */
async function deliver(site: Site, fields: string, body = 'text'): Promise<Answer> {
  const { client, web, peer, door } = site;
  const subject = `Subject: number ${++site.sent}`;
  const octets = `From: bob@example.net\r\nTo: ${address}\r\n${subject}\r\n${fields}\r\n\r\n${body}\r\n`;
  const [reply = ''] = await sendMail(peer, door, { forwardPaths: ['ada+list@example.org'], octets });
  assert.match(reply, /^250/);
  const [{ ids }, { list: boxes }] = await client.call(
    web,
    ['Email/query', { sort: [{ property: 'receivedAt', isAscending: false }], limit: 1 }],
    ['Mailbox/get', { ids: null }],
  );
  const properties = ['mailboxIds', 'keywords', 'tagReasons'];
  const { list } = await client.ask(web, 'Email/get', { ids, properties });
  const [email] = list;
  const names = Object.keys(email.mailboxIds).map(id => pathOf(id, boxes));
  return {
    mailboxes: names.sort(),
    keywords: Object.keys(email.keywords).sort(),
    reasons: email.tagReasons.filter(({ origin }: Answer) => origin === 'script').map(({ en }: Answer) => en),
  };
}

function pathOf(id: string, boxes: Answer[]): string {
  const { name, parentId } = boxes.find(box => box.id === id);
  return parentId === null ? name : `${pathOf(parentId, boxes)}/${name}`;
}

async function addMailbox(
  { client, web }: Site,
  name: string,
  parentId: string | null = null,
): Promise<string> {
  const { created } = await client.ask(web, 'Mailbox/set', { create: { a: { name, parentId } } });
  return created.a.id;
}

test('the active script files, flags and says by which line', async t => {
  const site = await openSite(t);
  const work = await addMailbox(site, 'Work');
  await addMailbox(site, 'Boats', work);
  await useScript(
    site,
    [
      'require ["fileinto", "imap4flags", "envelope", "subaddress", "variables", "mailbox"];',
      'if header :contains "X-Kind" "boat" {',
      '  addflag ["\\\\Flagged", "$sails"];',
      '  fileinto "Work/Boats";',
      '} elsif header :matches "X-Kind" "to-*" {',
      '  fileinto "${1}";',
      '} elsif envelope :detail "to" "list" {',
      '  fileinto :create "Lists/${none}bob";',
      '}',
    ].join('\r\n'),
  );
  assert.deepEqual(await deliver(site, 'X-Kind: a boat'), {
    mailboxes: ['Work/Boats'],
    keywords: ['$flagged', '$sails'],
    reasons: [
      'Your script gave it (line 4).',
      'Your script gave it (line 4).',
      'Your script gave it (line 4).',
    ],
  });
  const roles = await deliver(site, 'X-Kind: to-archive');
  assert.deepEqual(roles.mailboxes, ['Archive']);
  assert.deepEqual((await deliver(site, 'X-Kind: to-INBOX')).mailboxes, ['Inbox']);
  const unknown = await deliver(site, 'X-Kind: to-Nowhere');
  assert.deepEqual(unknown.mailboxes, ['Inbox']);
  assert.match(
    unknown.reasons[0],
    /^Your script files it into a mailbox that is not there \(line 6: Nowhere\)/,
  );
  const made = await deliver(site, 'X-Kind: other');
  assert.deepEqual([made.mailboxes, made.reasons], [['Lists/bob'], ['Your script gave it (line 8).']]);
  assert.deepEqual((await deliver(site, 'X-Kind: again')).mailboxes, ['Lists/bob']);
});

test('what a script discards is in the trash, and says so; a new script counts at once, none too', async t => {
  const site = await openSite(t);
  await useScript(site, 'if header "X-Kind" "ad" {\r\n  discard;\r\n}\r\n');
  const gone = await deliver(site, 'X-Kind: ad');
  assert.deepEqual(gone.mailboxes, ['Trash']);
  assert.deepEqual(gone.reasons, ['Your script discards it; it is kept in the trash (line 2).']);
  assert.deepEqual((await deliver(site, 'X-Kind: none')).mailboxes, ['Inbox']);
  await useScript(site, 'keep;');
  assert.deepEqual((await deliver(site, 'X-Kind: ad')).mailboxes, ['Inbox']);
  await site.client.ask(site.web, 'SieveScript/set', { onSuccessDeactivateScript: true });
  assert.deepEqual((await deliver(site, 'X-Kind: ad')).mailboxes, ['Inbox']);
});

test('a run that fails loses nothing', async t => {
  const site = await openSite(t);
  await useScript(site, `require "variables"; ${'discard; '.repeat(40)}`);
  const kept = await deliver(site, 'X-Kind: any');
  assert.deepEqual(kept.mailboxes, ['Inbox']);
  assert.match(kept.reasons[0], /^Your script could not decide.*line 1: more than 32 actions/);
});

test('messages at once that want the same new mailbox find one, however deep', async t => {
  const site = await openSite(t);
  await useScript(site, 'require ["fileinto", "mailbox"]; fileinto :create "New/Deep/Er";');
  const { client, web, door } = site;
  const peers = await Promise.all([1, 2, 3, 4].map(() => greetDoor(door)));
  const replies = await Promise.all(
    peers.map((peer, at) => {
      const octets = `From: bob@example.net\r\nSubject: number ${at}\r\n\r\ntext\r\n`;
      return sendMail(peer, door, { forwardPaths: [address], octets });
    }),
  );
  for (const [reply = ''] of replies) assert.match(reply, /^250/);
  const { list } = await client.ask(web, 'Mailbox/get', { ids: null });
  const made = list.filter(({ role }: Answer) => role === null);
  assert.deepEqual(made.map(({ id }: Answer) => pathOf(id, list)).sort(), ['New', 'New/Deep', 'New/Deep/Er']);
  const { totalEmails } = made.find(({ name }: Answer) => name === 'Er');
  assert.equal(totalEmails, 4);
});

test('a script reads mail before it is sealed, and what is said outside gives nothing of it away', async t => {
  const site = await openSite(t);
  const { store } = site.parts;
  const { accountId } = site.client;
  const { key } = await makePerson(address);
  await store.putPublicKey(accountId, {
    ...{ address, fingerprint: key.fingerprint, octets: key.publicKey },
    ...{ source: 'own', state: 'usable', firstSeenAt: new Date() },
  });
  await store.updateAccount(accountId, { custody: 'client' });
  await addMailbox(site, 'Secret');
  await useScript(
    site,
    'require ["fileinto", "body"];\r\nif body :contains "treasure" { fileinto "Secret"; } else { fileinto "treasure"; }',
  );
  const filed = await deliver(site, 'X-Kind: any', 'the treasure is buried');
  assert.deepEqual(filed, { mailboxes: ['Secret'], keywords: [], reasons: ['Your script gave it.'] });
  const unknown = await deliver(site, 'X-Kind: any');
  assert.deepEqual(unknown.mailboxes, ['Inbox']);
  assert.deepEqual(unknown.reasons, ['Your script files it into a mailbox that is not there.']);
  const emails = await storedEmails(site.parts, address);
  assert.deepEqual(
    emails.map(({ sealed, octets }) => [sealed, octets.includes('treasure')]),
    [
      [true, false],
      [true, false],
    ],
  );
});
