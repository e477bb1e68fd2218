import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { memoryStateName } from '../../delivery/knowledge.ts';
import type { Parts } from '../../delivery/open.ts';
import { readLearned } from '../../delivery/spam/personal/learned.ts';
import { readMemory } from '../../delivery/spam/personal/memory.ts';
import { scoreOf } from '../../delivery/spam/score.ts';
import type { Email } from '../../delivery/store/store.ts';
import { addWaiting, listWaiting, waitingStateName } from '../../delivery/waiting-acts.ts';
import { capabilities } from '../../webmail/wire.ts';
import { backend } from '../support/backend.ts';
import { openTestParts, startDoor } from '../support/door-process.ts';
import { startHaraka } from '../support/haraka.ts';
import { openJmapClient } from '../support/jmap-client.ts';
import { makePerson } from '../support/openpgp-mail.ts';
import { poll } from '../support/poll.ts';
import { openDialogue } from '../support/smtp-dialogue.ts';
import { storedEmails } from '../support/stored.ts';

const ada = 'ada@example.org';
const ben = 'ben@example.org';
const sealed = 'sealed@example.org';

/** A newsletter: each issue says something of its own and much that is always the same. */
function issue(number: number, words: string, more: readonly string[] = []): string {
  return [
    'From: Garden Club <news@garden.example>',
    `To: <members@garden.example>`,
    `Subject: The weekly letter ${number}`,
    `Message-ID: <${number}@garden.example>`,
    'Date: Mon, 2 Mar 2026 12:00:00 +0000',
    ...more,
    '',
    `${words}`,
    'The weekly letter of the garden club, with all the news about seeds, soil and the summer meeting.',
    'You get this letter because you are a member. Write to us whenever you like.',
    '',
  ].join('\r\n');
}

async function openInstance(t: TestContext, door: 'lmtp' | 'smtp', settings = {}) {
  const config = await backend.prepare(t, settings);
  const parts = await openTestParts(t, config, [
    { address: ada },
    { address: ben },
    { address: sealed, custody: 'client' },
  ]);
  const [mta, web] = await Promise.all([
    door === 'smtp' ? startHaraka(t, config) : startDoor(t, 'lmtp', config),
    startDoor(t, 'web', config),
  ]);
  const send = async (message: string, paths: readonly string[], answers = paths.map(() => /^250/)) => {
    const peer = await openDialogue(mta.ports[door] ?? 0);
    await peer.expect(/^220 /);
    await peer.say(door === 'lmtp' ? 'LHLO mx.example.net' : 'EHLO mx.example.net', /^250/);
    await peer.say('MAIL FROM:<news@garden.example>', /^250/);
    for (const path of paths) await peer.say(`RCPT TO:<${path}>`, /^250/);
    await peer.say('DATA', /^354/);
    peer.send(`${message}.\r\n`);
    for (const answer of answers) await peer.expect(answer);
    await peer.say('QUIT', /^221/);
  };
  return { config, parts, send, web: web.ports.web ?? 0, log: [...mta.log, ...web.log] };
}

async function tagOf({ store }: Parts, address: string, role: string): Promise<string> {
  const account = await store.getAccountByAddress(address);
  const tag = (await store.listTags(account?.id ?? '')).find(one => one.role === role);
  assert.ok(tag);
  return tag.id;
}

async function bySubject(parts: Parts, address: string, number: number): Promise<Email> {
  const emails = await storedEmails(parts, address);
  const found = emails.find(({ summary }) => summary.messageId === `${number}@garden.example`);
  assert.ok(found, `${number} is not in the mailbox of ${address}`);
  return found;
}

async function memoryOf({ store }: Parts, address: string) {
  const account = await store.getAccountByAddress(address);
  return readMemory((await store.getAccountState(account?.id ?? '', memoryStateName))?.octets ?? null);
}

/** Until nothing of the account waits, and so many messages are learned. */
async function learnedMessages(parts: Parts, address: string, count: number): Promise<void> {
  const account = await parts.store.getAccountByAddress(address);
  assert.ok(account);
  await poll(`${count} learned messages`, async () => {
    if ((await listWaiting(account.id, parts)).length > 0) return undefined;
    return (await memoryOf(parts, address)).entries.length === count ? true : undefined;
  });
}

test('one scrape tells the verdicts of the mail door and what the web door was told to learn', async t => {
  const { parts, send, web } = await openInstance(t, 'lmtp');
  const client = await openJmapClient(parts, ada, Object.values(capabilities));
  await send(issue(1, 'Tulips.'), [ada, ben]);
  const { id } = await bySubject(parts, ada, 1);
  const junk = await tagOf(parts, ada, 'junk');
  await client.ask(web, 'Email/set', { update: { [id]: { mailboxIds: { [junk]: true } } } });
  await learnedMessages(parts, ada, 1);
  const lines = (await (await fetch(`http://127.0.0.1:${web}/metrics`)).text()).split('\n');
  for (const line of [
    'caliopen_verdicts_total{door="lmtp",verdict="ham"} 2',
    'caliopen_spam_probability_count 2',
    'caliopen_score_seconds_count 2',
    'caliopen_learned_total{by="owner"} 1',
  ])
    assert.ok(lines.includes(line), line);
});

test('what an owner moves to junk is junk from then on, for this owner alone, until it is moved back', async t => {
  const { parts, send, web } = await openInstance(t, 'lmtp');
  const client = await openJmapClient(parts, ada, Object.values(capabilities));
  await send(issue(1, 'Tulips.'), [ada, ben]);
  const junk = await tagOf(parts, ada, 'junk');
  const inbox = await tagOf(parts, ada, 'inbox');
  const first = await bySubject(parts, ada, 1);
  assert.deepEqual(first.tagIds, [inbox]);
  const move = (id: string, mailbox: string) =>
    client.ask(web, 'Email/set', { update: { [id]: { mailboxIds: { [mailbox]: true } } } });

  await move(first.id, junk);
  await learnedMessages(parts, ada, 1);
  await send(issue(2, 'Roses.'), [ada, ben]);
  const second = await bySubject(parts, ada, 2);
  assert.deepEqual(second.tagIds, [junk], JSON.stringify(second.findings.score));
  assert.ok((second.findings.score?.score ?? 0) > 0.8);
  assert.ok(second.findings.score?.reasons.some(({ id, weight }) => id === 'personal' && weight > 1));
  assert.equal(scoreOf(second.findings.score?.evidence ?? []), second.findings.score?.score);
  const other = await bySubject(parts, ben, 2);
  assert.deepEqual(other.tagIds, [await tagOf(parts, ben, 'inbox')]);
  assert.equal(other.findings.score?.verdict, 'ham');
  const marked = await bySubject(parts, ada, 1);
  assert.equal(marked.findings.score?.marked, 'spam');
  const asked = { ids: [first.id], properties: ['privacy'] };
  const { list } = await client.ask(web, 'Email/get', asked);
  assert.deepEqual(list[0].privacy.reasons[0], { id: 'markedSpam', weight: 20 });

  await move(first.id, inbox);
  await learnedMessages(parts, ada, 0);
  await send(issue(3, 'Pears.'), [ada]);
  const third = await bySubject(parts, ada, 3);
  assert.deepEqual(third.tagIds, [inbox]);
  assert.ok(!third.findings.score?.evidence?.some(([id]) => id === 'personal'));
  assert.equal((await bySubject(parts, ada, 1)).findings.score?.marked, undefined);

  await client.ask(web, 'Email/set', { update: { [second.id]: { 'keywords/$notjunk': true } } });
  await learnedMessages(parts, ada, 1);
  const [entry] = (await memoryOf(parts, ada)).entries;
  assert.equal(entry?.isSpam, false);
});

test('many marks at once are answered before they are learned, and all are learned once', async t => {
  const { parts, send, web } = await openInstance(t, 'lmtp');
  const client = await openJmapClient(parts, ada);
  const numbers = Array.from({ length: 90 }, (_, at) => at + 1);
  for (const number of numbers) await send(issue(number, `Issue ${number} of ${number * 7}.`), [ada]);
  const emails = await storedEmails(parts, ada);
  const junk = await tagOf(parts, ada, 'junk');
  const update = Object.fromEntries(emails.map(({ id }) => [id, { mailboxIds: { [junk]: true } }]));
  await client.ask(web, 'Email/set', { update });
  await client.ask(web, 'Email/set', { update });
  await learnedMessages(parts, ada, 90);
  const account = await parts.store.getAccountByAddress(ada);
  for (const { id } of emails) {
    const learned = readLearned(await parts.store.getLearned(account?.id ?? '', id));
    assert.equal(learned?.isSpam, true);
  }
});

test('a message that is answered is wanted, and what its owner has said of it stands', async t => {
  const { parts, send, web } = await openInstance(t, 'lmtp');
  const client = await openJmapClient(parts, ada);
  await send(issue(1, 'Tulips.'), [ada]);
  await send(issue(2, 'Roses.'), [ada]);
  const [first, second] = [await bySubject(parts, ada, 1), await bySubject(parts, ada, 2)];
  const sent = await tagOf(parts, ada, 'sent');
  const reply = (number: number) => ({
    mailboxIds: { [sent]: true },
    from: [{ email: ada }],
    to: [{ email: 'news@garden.example' }],
    subject: 'Re: The weekly letter',
    inReplyTo: [`${number}@garden.example`],
    bodyStructure: { type: 'text/plain', partId: 'one' },
    bodyValues: { one: { value: 'Thank you!' } },
  });
  await client.ask(web, 'Email/set', { update: { [second.id]: { 'keywords/$junk': true } } });
  await learnedMessages(parts, ada, 1);
  const made = await client.ask(web, 'Email/set', { create: { one: reply(1), two: reply(2) } });
  assert.deepEqual(made.notCreated ?? null, null);
  await learnedMessages(parts, ada, 2);
  const account = await parts.store.getAccountByAddress(ada);
  const recordOf = async (id: string) => readLearned(await parts.store.getLearned(account?.id ?? '', id));
  const records = [await recordOf(first.id), await recordOf(second.id)];
  assert.deepEqual(
    records.map(record => [record?.isSpam, record?.source]),
    [
      [false, 'reply'],
      [true, 'owner'],
    ],
  );
});

test('of sealed mail nothing but its author is learned, and that is enough for the next of the same author', async t => {
  const { parts, send, web } = await openInstance(t, 'lmtp');
  const owner = await makePerson(sealed);
  const account = await parts.store.getAccountByAddress(sealed);
  assert.ok(account);
  await parts.store.putPublicKey(account.id, owner.known('own'));
  const client = await openJmapClient(parts, sealed);
  await send(issue(1, 'Tulips.'), [sealed]);
  const first = await bySubject(parts, sealed, 1);
  assert.ok(first.sealed);
  const junk = await tagOf(parts, sealed, 'junk');
  await client.ask(web, 'Email/set', { update: { [first.id]: { mailboxIds: { [junk]: true } } } });
  await learnedMessages(parts, sealed, 1);
  const [entry] = (await memoryOf(parts, sealed)).entries;
  assert.ok((entry?.octets[16] ?? 99) <= 3, 'three slots: address, domain, name');
  assert.equal(entry?.isShared, false);
  await send(issue(2, 'Roses.'), [sealed]);
  assert.deepEqual((await bySubject(parts, sealed, 2)).tagIds, [junk]);
});

test('acts that nobody learned from are learned with the next message', async t => {
  const { parts, send } = await openInstance(t, 'lmtp');
  await send(issue(1, 'Tulips.'), [ada]);
  const { id } = await bySubject(parts, ada, 1);
  const account = await parts.store.getAccountByAddress(ada);
  assert.ok(account);
  const act = { emailId: id, word: 'spam', source: 'owner', at: new Date() } as const;
  await addWaiting(account.id, [act], parts);
  await send(issue(2, 'Roses.'), [ada]);
  await poll(
    'the act to be learned',
    async () => (await listWaiting(account.id, parts)).length === 0 || undefined,
    60_000,
  );
  assert.equal((await memoryOf(parts, ada)).entries.length, 1);
  assert.equal(await parts.store.getAccountState(account.id, waitingStateName), null);
});

test('SMTP refuses what is every owner’s verdict, stores for all what is one’s only, and LMTP refuses nothing', async t => {
  const { parts, send, web } = await openInstance(t, 'smtp', {
    'spam.rejectAt': 0.9,
    'spam.appeal': 'https://example.org/appeal',
  });
  await send(issue(1, 'Tulips.'), [ada, ben], [/^250/]);
  const mark = async (address: string) => {
    const client = await openJmapClient(parts, address);
    const { id } = await bySubject(parts, address, 1);
    await client.ask(web, 'Email/set', { update: { [id]: { 'keywords/$junk': true } } });
    await learnedMessages(parts, address, 1);
  };
  await mark(ada);
  await send(issue(2, 'Roses.'), [ada, ben], [/^250/]);
  assert.deepEqual((await bySubject(parts, ada, 2)).tagIds, [await tagOf(parts, ada, 'junk')]);
  assert.equal((await bySubject(parts, ada, 2)).findings.score?.verdict, 'reject');
  assert.deepEqual((await bySubject(parts, ben, 2)).tagIds, [await tagOf(parts, ben, 'inbox')]);
  await send(issue(3, 'Pears.'), [ada], [/^550 5\.7\.1 .*https:\/\/example\.org\/appeal/]);
  await mark(ben);
  await send(issue(4, 'Apples.'), [ada, ben], [/^550 5\.7\.1 /]);
  assert.equal((await storedEmails(parts, ada)).length, 2);
});
