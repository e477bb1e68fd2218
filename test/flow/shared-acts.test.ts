import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Session, unseenSession } from '../../delivery/delivery.ts';
import { openLearner } from '../../delivery/learner.ts';
import { silentLog } from '../../delivery/log.ts';
import type { Parts } from '../../delivery/open.ts';
import { forgetSharedActs, openSharedActs } from '../../delivery/shared-acts.ts';
import type { Word } from '../../delivery/spam/personal/act.ts';
import { newEntry } from '../../delivery/spam/personal/entry.ts';
import { readLearned } from '../../delivery/spam/personal/learned.ts';
import { readMemory, writeMemory } from '../../delivery/spam/personal/memory.ts';
import type { Store } from '../../delivery/store/store.ts';
import { listWaiting } from '../../delivery/waiting-acts.ts';
import { atEnd } from '../support/at-end.ts';
import { backend } from '../support/backend.ts';
import { openTestParts } from '../support/door-process.ts';
import { recordsOf, startNameServer } from '../support/name-server.ts';
import { poll } from '../support/poll.ts';
import { storedEmails } from '../support/stored.ts';

const quick = { readPause: 0, writePause: 10 };

function entryOf(number: number) {
  const id = number.toString(16).padStart(16, '0');
  const about = { isSpam: true, source: 'owner', isShared: true, at: 1000 + number, logOdds: 0 } as const;
  return newEntry({ id, ...about, owner: number }, Uint16Array.of(number, number + 1));
}

async function sharedIds(store: Store): Promise<string[]> {
  const state = await store.getInstanceState('spam-acts');
  return readMemory(state?.octets ?? null).entries.map(({ id }) => id);
}

test('what several processes learn at once for all is all kept, and so is what they take back', async t => {
  const config = await backend.prepare(t);
  const all = await Promise.all([
    openTestParts(t, config),
    openTestParts(t, config),
    openTestParts(t, config),
  ]);
  const processes = all.map(({ store }) => openSharedActs({ store, log: silentLog }, quick));
  const numbers = Array.from({ length: 30 }, (_, at) => at);
  await Promise.all(
    numbers.map(number => processes[number % 3]?.change({ add: [entryOf(number)], remove: [] })),
  );
  const [first] = all;
  assert.ok(first);
  assert.deepEqual(
    await sharedIds(first.store),
    numbers.map(number => entryOf(number).id),
  );
  await Promise.all(
    numbers.map(number => processes[(number + 1) % 3]?.change({ add: [], remove: [entryOf(number).id] })),
  );
  assert.deepEqual(await sharedIds(first.store), []);
});

test('the octets of what all have taught are read when they are others, and not each time', async t => {
  const config = await backend.prepare(t);
  const { store } = await openTestParts(t, config);
  const other = (await openTestParts(t, config)).store;
  const reads = t.mock.method(store, 'getInstanceState');
  let now = 0;
  const acts = openSharedActs({ store, log: silentLog }, { readPause: 10, now: () => now });
  const looks = async (times: number) => {
    for (let at = 0; at < times; at++) {
      now += 10;
      await acts.knowledge();
    }
  };
  const known = async (number: number) => {
    await looks(1);
    const knowledge = await acts.knowledge();
    return knowledge?.examples.entries.some(({ id }) => id === entryOf(number).id) ? true : undefined;
  };
  await looks(5);
  assert.equal(reads.mock.callCount(), 0, 'there is nothing yet');
  for (const number of [1, 2]) {
    await other.putInstanceState('spam-acts', writeMemory({ entries: [entryOf(number)] }));
    await poll(`entry ${number}`, () => known(number));
    const before = reads.mock.callCount();
    await looks(20);
    assert.equal(reads.mock.callCount(), before);
  }
  assert.ok(reads.mock.callCount() <= 4, `${reads.mock.callCount()} readings for two versions`);
});

const people = ['ada', 'ben', 'cleo', 'dan', 'eve'].map(name => `${name}@example.org`);

async function openOffice(t: TestContext, settings = {}) {
  const config = await backend.prepare(t, settings);
  const parts = await openTestParts(
    t,
    config,
    people.map(address => ({ address })),
  );
  const learner = openLearner({ store: parts.store, line: () => parts.line(), log: silentLog });
  atEnd(t, () => learner.close());
  return { parts, learner };
}

async function idOf({ store }: Parts, address: string): Promise<string> {
  const account = await store.getAccountByAddress(address);
  assert.ok(account);
  return account.id;
}

async function deliver(
  parts: Parts,
  number: number,
  addresses: readonly string[],
  session: Session = unseenSession,
): Promise<void> {
  const recipients = await Promise.all(
    addresses.map(async forwardPath => ({ forwardPath, accountId: await idOf(parts, forwardPath) })),
  );
  const raw = Buffer.from(
    [
      'From: Garden Club <news@garden.example>',
      `Subject: The weekly letter ${number}`,
      `Message-ID: <${number}@garden.example>`,
      '',
      `Issue ${number}.`,
      'The weekly letter of the garden club, with all the news about seeds, soil and the summer meeting.',
      '',
    ].join('\r\n'),
  );
  const outcomes = await parts.line().deliver({
    ...{ door: 'lmtp', id: `${number}`, raw, reversePath: 'news@garden.example' },
    ...{ session, receivedAt: new Date(), recipients, trustedHops: 0 },
  });
  for (const { status } of outcomes) assert.equal(status, 'stored');
}

async function emailOf(parts: Parts, address: string, number: number) {
  const emails = await storedEmails(parts, address);
  const found = emails.find(({ summary }) => summary.messageId === `${number}@garden.example`);
  assert.ok(found);
  return found;
}

test('what several owners mark counts a little for the others, and what they take back does not', async t => {
  const { parts, learner } = await openOffice(t);
  await deliver(parts, 1, people);
  const mark = async (address: string, word: Word) => {
    const { id } = await emailOf(parts, address, 1);
    await learner.note(await idOf(parts, address), [{ emailId: id, word, source: 'owner', at: new Date() }]);
  };
  const weightFor = async (address: string, number: number) => {
    await deliver(parts, number, [address]);
    const { findings } = await emailOf(parts, address, number);
    return findings.score?.evidence?.find(([id]) => id === 'shared')?.[2] ?? 0;
  };
  const [ada = '', ben = '', cleo = '', dan = '', eve = ''] = people;
  await mark(ada, 'spam');
  await poll('one shared act', async () => ((await sharedIds(parts.store)).length === 1 ? true : undefined));
  const one = await weightFor(eve, 2);
  assert.ok(one > 0 && one < 3.5, String(one));
  assert.equal((await emailOf(parts, eve, 2)).findings.score?.verdict, 'ham');
  for (const address of [ben, cleo, dan]) await mark(address, 'spam');
  await poll('four shared acts', async () =>
    (await sharedIds(parts.store)).length === 4 ? true : undefined,
  );
  let number = 3;
  const four = await poll(
    'the threads to see them',
    async () => {
      const weight = await weightFor(eve, number++);
      return weight > one ? weight : undefined;
    },
    40_000,
  );
  assert.ok(four > one);
  for (const address of [ada, ben, cleo, dan]) await mark(address, 'none');
  await poll('no shared acts', async () => ((await sharedIds(parts.store)).length === 0 ? true : undefined));
});

test('what ended in the middle of learning is learned to its end, and nothing twice', async t => {
  const { parts, learner } = await openOffice(t);
  const [ada = ''] = people;
  await deliver(parts, 1, [ada]);
  const accountId = await idOf(parts, ada);
  const { id } = await emailOf(parts, ada, 1);
  const acts = (['in', 'out', 'in'] as const).map(
    (word, at) => ({ emailId: id, word, source: 'owner', at: new Date(Date.now() + at) }) as const,
  );
  const isSpam = async () => readLearned(await parts.store.getLearned(accountId, id))?.isSpam;
  // Acts are known by their time: the same one again is taken off with the first while that is learned.
  const noneWaits = () =>
    poll('the list to be empty', async () =>
      (await listWaiting(accountId, parts)).length === 0 ? true : undefined,
    );
  await learner.note(accountId, acts.slice(0, 1));
  await poll('the shared act', async () => ((await sharedIds(parts.store)).length === 1 ? true : undefined));
  await noneWaits();
  // As if the process had ended before everybody was told, and before the act was taken off the list.
  await parts.store.putInstanceState('spam-acts', writeMemory({ entries: [] }));
  await learner.note(accountId, acts.slice(0, 1));
  await poll('the shared act again', async () =>
    (await sharedIds(parts.store)).length === 1 ? true : undefined,
  );
  await noneWaits();
  await learner.note(accountId, acts.slice(0, 2));
  await poll('it to be taken back', async () =>
    (await sharedIds(parts.store)).length === 0 ? true : undefined,
  );
  assert.equal(await isSpam(), null);
  await noneWaits();
  await learner.note(accountId, acts.slice(0, 2));
  await noneWaits();
  assert.equal(await isSpam(), null);
  await learner.note(accountId, acts);
  await poll('the last word', async () => ((await isSpam()) === true ? true : undefined));
});

test('one account teaches the others eight messages a day at most, and itself as many as it likes', async t => {
  const { parts, learner } = await openOffice(t);
  const [ada = ''] = people;
  const numbers = Array.from({ length: 12 }, (_, at) => at + 1);
  for (const number of numbers) await deliver(parts, number, [ada]);
  const emails = await storedEmails(parts, ada);
  const at = new Date();
  const accountId = await idOf(parts, ada);
  await learner.note(
    accountId,
    emails.map(({ id }) => ({ emailId: id, word: 'spam', source: 'owner', at })),
  );
  const learned = await poll('all of them', async () => {
    const state = await parts.store.getAccountState(accountId, 'spam');
    const { entries } = readMemory(state?.octets ?? null);
    return entries.length === 12 ? entries : undefined;
  });
  assert.equal(learned.filter(({ isShared }) => isShared).length, 8);
  await poll('the shared ones', async () => ((await sharedIds(parts.store)).length === 8 ? true : undefined));
});

test('mail of a proven correspondent is wanted by itself, a few a day, unless its owner has said otherwise', async t => {
  const published = recordsOf({ 'TXT garden.example': [['v=spf1 ip4:198.51.100.0/24 -all']] });
  const { address } = await startNameServer(t, published);
  const { parts, learner } = await openOffice(t, { 'resolver.servers': [address] });
  const [ada = ''] = people;
  const accountId = await idOf(parts, ada);
  const names = { name: 'Garden Club', addresses: ['email:news@garden.example'] };
  await parts.store.putContact(accountId, { ...names, card: null, index: null, facts: null });
  const session: Session = {
    ...unseenSession,
    source: 'live',
    remoteAddress: '198.51.100.7',
    helo: 'mx.garden.example',
  };
  for (let number = 1; number <= 12; number++) await deliver(parts, number, [ada], session);
  const entries = async () =>
    readMemory((await parts.store.getAccountState(accountId, 'spam'))?.octets ?? null).entries;
  const learned = await poll('eight of them', async () =>
    (await entries()).length === 8 ? entries() : undefined,
  );
  assert.ok(
    learned.every(({ isSpam, source, isShared }) => !isSpam && source === 'correspondent' && !isShared),
  );
  const emails = await storedEmails(parts, ada);
  const records = await Promise.all(
    emails.map(async ({ id }) => ({ id, learned: readLearned(await parts.store.getLearned(accountId, id)) })),
  );
  const [first] = records.filter(({ learned: record }) => record !== null);
  assert.equal(first?.learned?.source, 'correspondent');
  await learner.note(accountId, [
    { emailId: first?.id ?? '', word: 'spam', source: 'owner', at: new Date() },
  ]);
  await poll('the owner’s word', async () =>
    (await entries()).some(
      ({ source, isSpam, id }) => source === 'owner' && isSpam && id === first?.learned?.entry?.id,
    )
      ? true
      : undefined,
  );
  assert.ok((await entries()).filter(({ source }) => source === 'correspondent').length <= 8);
  await poll('its shared act', async () => ((await sharedIds(parts.store)).length === 1 ? true : undefined));
});

test('an account that is erased has taught nobody anything', async t => {
  const { parts, learner } = await openOffice(t);
  const [ada = '', ben = ''] = people;
  await deliver(parts, 1, [ada, ben]);
  for (const address of [ada, ben]) {
    const { id } = await emailOf(parts, address, 1);
    await learner.note(await idOf(parts, address), [
      { emailId: id, word: 'spam', source: 'owner', at: new Date() },
    ]);
  }
  await poll('two shared acts', async () => ((await sharedIds(parts.store)).length === 2 ? true : undefined));
  const account = await parts.store.getAccountByAddress(ada);
  assert.ok(account);
  await forgetSharedActs(account, parts);
  assert.equal((await sharedIds(parts.store)).length, 1);
});
