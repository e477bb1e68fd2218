import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listGenerations } from '../../../../delivery/store/cassandra/generations.ts';
import { countRows, writeTally } from '../../../../delivery/store/cassandra/mail/tally.ts';
import { readRow } from '../../../../delivery/store/cassandra/mail/verify-rows.ts';
import { holderOf } from '../../../../delivery/store/cassandra/personal/account-states.ts';
import {
  coverKey,
  newGeneration,
  readBlock,
  readCover,
  writeBlock,
  writeCover,
} from '../../../../delivery/store/cassandra/search/block.ts';
import { buildBlock } from '../../../../delivery/store/cassandra/search/build.ts';
import { noteGeneration, readBlockRow } from '../../../../delivery/store/cassandra/search/generations.ts';
import { coded, newEmail } from '../../../suites/store/under-test.ts';
import { bucket, type Damaged, openDamaged } from './damage.ts';

/** Damages an account that has this email. */
type Damage = (damaged: Damaged, place: { accountId: string; emailId: string }) => Promise<void>;

interface Row {
  readonly kinds: readonly string[];
  readonly damage: Damage;
  /** False: only a whole walk finds it. */
  readonly isChecked?: boolean;
}

const strangerId = 'M0bPmQ-----abcdefghij';

/** Names of the links of an email: of its thread, its discussion, its message identifier. */
async function linksOf({ mail }: Damaged, accountId: string, emailId: string): Promise<string[]> {
  const timed = await readRow(mail.context, { accountId, bucket }, emailId);
  return [...(timed?.row.head.links ?? [])];
}

async function blockOf({ mail }: Damaged, accountId: string) {
  const { session } = mail.context;
  assert.ok(await buildBlock(mail.context, { accountId, bucket }));
  const block = readBlock((await readBlockRow(session, { accountId, bucket })).block);
  assert.ok(block);
  return block;
}

const big = Buffer.concat([
  Buffer.from('Subject: big\r\n\r\n'),
  Buffer.from(Array.from({ length: 700_000 }, (_unused, n) => (n * n * 7919 + n) >>> 3)),
]);

const mendable: Readonly<Record<string, Row>> = {
  'a link is lost': {
    kinds: ['linkMissing', 'linkMissing', 'linkMissing'],
    async damage(damaged, { accountId, emailId }) {
      for (const name of await linksOf(damaged, accountId, emailId))
        await damaged.cql('delete from link where account = ? and name = ? and id = ?', [
          accountId,
          name,
          emailId,
        ]);
    },
  },
  'links say something else': {
    kinds: ['linkWrong', 'linkWrong'],
    async damage(damaged, { accountId, emailId }) {
      for (const name of (await linksOf(damaged, accountId, emailId)).slice(1))
        await damaged.cql('insert into link (account, name, id, value) values (?, ?, ?, ?)', [
          accountId,
          name,
          emailId,
          '7',
        ]);
    },
  },
  'links of an email that never came, and its octets': {
    kinds: ['chunkLeftover', 'linkLeftover'],
    isChecked: false,
    async damage(damaged, { accountId, emailId }) {
      const [, discussion] = await linksOf(damaged, accountId, emailId);
      await damaged.cql('insert into link (account, name, id, value) values (?, ?, ?, ?)', [
        accountId,
        discussion,
        strangerId,
        '0',
      ]);
      await leaveChunks(damaged, { accountId, id: strangerId });
    },
  },
  'a link to an email of another thread': {
    kinds: ['linkLeftover'],
    isChecked: false,
    async damage(damaged, { accountId, emailId }) {
      const other = await damaged.mail.deliverEmail(accountId, newEmail({ name: 'other' }));
      const [thread] = await linksOf(damaged, accountId, emailId);
      await damaged.cql("insert into link (account, name, id, value) values (?, ?, ?, '')", [
        accountId,
        thread,
        other.emailId,
      ]);
    },
  },
  'the list of buckets lacks one': {
    kinds: ['bucketMissing'],
    isChecked: false,
    damage: ({ cql }, { accountId }) =>
      cql('delete from bucket where account = ? and bucket = ?', [accountId, bucket]),
  },
  'a count is wrong': {
    kinds: ['bucketCount'],
    async damage({ mail, cql }, { accountId }) {
      const row = await mail.context.session.row<{ changed: unknown }>(
        'select changed from bucket where account = ? and bucket = ?',
        [accountId, bucket],
      );
      await cql('update bucket set tally = ?, tally_of = ? where account = ? and bucket = ?', [
        writeTally(countRows([])),
        row?.changed,
        accountId,
        bucket,
      ]);
    },
  },
  'marks stand behind a destruction': {
    kinds: ['rowLeftover'],
    damage: ({ cql }, { accountId }) =>
      cql('update email set marks = marks + ? where account = ? and bucket = ? and id = ?', [
        { k$seen: true },
        accountId,
        bucket,
        strangerId,
      ]),
  },
  'facts stand behind a destruction': {
    kinds: ['rowLeftover'],
    isChecked: false,
    damage: ({ cql }, { accountId }) =>
      cql("update detail set facts = '{}' where account = ? and bucket = ? and id = ?", [
        accountId,
        bucket,
        strangerId,
      ]),
  },
  'texts of an email that never came are left': {
    kinds: ['rowLeftover'],
    isChecked: false,
    damage: ({ cql }, { accountId }) =>
      cql("insert into detail (account, bucket, id, summary, packing) values (?, ?, ?, '{}', 0)", [
        accountId,
        bucket,
        strangerId,
      ]),
  },
  'an email has a tag that there is not': {
    kinds: ['tagLeftover'],
    damage: ({ cql }, { accountId, emailId }) =>
      cql('update email set marks = marks + ? where account = ? and bucket = ? and id = ?', [
        { tTnone: true },
        accountId,
        bucket,
        emailId,
      ]),
  },
  'the rows of a block are lost': {
    kinds: ['blockDamaged'],
    async damage(damaged, { accountId }) {
      const { generation } = await blockOf(damaged, accountId);
      await damaged.cql('delete from posting where account = ? and bucket = ? and generation = ?', [
        accountId,
        bucket,
        generation,
      ]);
    },
  },
  'a bucket names the block of another generation': {
    // What it named before is nobody's now.
    kinds: ['blockDamaged', 'blockLeftover'],
    async damage(damaged, { accountId }) {
      const block = await blockOf(damaged, accountId);
      const generation = newGeneration(1n);
      await damaged.cql('update bucket set block = ? where account = ? and bucket = ?', [
        writeBlock({ ...block, generation }),
        accountId,
        bucket,
      ]);
    },
  },
  'a sheet of a block is lost': {
    kinds: ['blockIncomplete'],
    isChecked: false,
    async damage(damaged, { accountId }) {
      const { generation } = await blockOf(damaged, accountId);
      await damaged.cql(
        "delete from posting where account = ? and bucket = ? and generation = ? and term > '!'",
        [accountId, bucket, generation],
      );
    },
  },
  'a sheet of a block can not be read': {
    kinds: ['blockDamaged'],
    isChecked: false,
    async damage(damaged, { accountId }) {
      const { generation } = await blockOf(damaged, accountId);
      const key = [accountId, bucket, generation];
      const row = await damaged.mail.context.session.row<{ term: string }>(
        "select term from posting where account = ? and bucket = ? and generation = ? and term > '!' limit 1",
        key,
      );
      await damaged.cql(
        'insert into posting (account, bucket, generation, term, hits) values (?, ?, ?, ?, ?)',
        [...key, row?.term, Buffer.from('x')],
      );
    },
  },
  'a block covers an email that it does not have': {
    kinds: ['blockIncomplete'],
    isChecked: false,
    async damage(damaged, { accountId }) {
      const block = await blockOf(damaged, accountId);
      const { emailId } = await damaged.mail.deliverEmail(accountId, newEmail({ name: 'late' }));
      const key = [accountId, bucket, block.generation, coverKey];
      const row = await damaged.mail.context.session.row<{ hits: Uint8Array }>(
        'select hits from posting where account = ? and bucket = ? and generation = ? and term = ?',
        key,
      );
      const cover = readCover(row?.hits ?? new Uint8Array(0));
      const hits = writeCover({ ...cover, ids: [...cover.ids, emailId] });
      await damaged.cql(
        'insert into posting (account, bucket, generation, term, hits) values (?, ?, ?, ?, ?)',
        [...key, hits],
      );
      await damaged.cql('update bucket set block = ? where account = ? and bucket = ?', [
        writeBlock({ ...block, size: block.size + 1 }),
        accountId,
        bucket,
      ]);
    },
  },
  'a builder left a generation': {
    kinds: ['blockLeftover'],
    async damage({ mail, cql }, { accountId }) {
      const { session } = mail.context;
      const generation = newGeneration(session.micros());
      await noteGeneration(session, { accountId, bucket }, generation);
      await cql("insert into posting (account, bucket, generation, term, hits) values (?, ?, ?, 'x', ?)", [
        accountId,
        bucket,
        generation,
        big,
      ]);
    },
  },
  'octets of a destroyed email are left': {
    kinds: ['chunkLeftover'],
    isChecked: false,
    async damage({ mail, cql }, { accountId }) {
      const { emailId } = await mail.deliverEmail(accountId, newEmail({ name: 'big', octets: big }));
      await mail.destroyEmails(accountId, [emailId]);
      await leaveChunks({ cql }, { accountId, id: emailId });
    },
  },
  'the link of a destroyed email is left, of a thread that has no other': {
    kinds: ['linkLeftover'],
    isChecked: false,
    async damage(damaged, { accountId }) {
      const { mail, cql } = damaged;
      const { emailId } = await mail.deliverEmail(accountId, newEmail({ name: 'gone' }));
      const [thread] = await linksOf(damaged, accountId, emailId);
      await mail.destroyEmails(accountId, [emailId]);
      await cql("insert into link (account, name, id, value) values (?, ?, ?, '')", [
        accountId,
        thread,
        emailId,
      ]);
    },
  },
};

/** Two chunks, one of which a removal has come to already. */
async function leaveChunks(
  { cql }: Pick<Damaged, 'cql'>,
  { accountId, id }: { accountId: string; id: string },
): Promise<void> {
  const list = 'insert into chunk_list (account, id, generation, chunks) values (?, ?, ?, ?)';
  await cql(list, [accountId, id, 'left', 3]);
  for (const number of [1, 2]) {
    const chunk = 'insert into chunk (account, id, generation, number, octets) values (?, ?, ?, ?, ?)';
    await cql(chunk, [accountId, id, 'left', number, big]);
  }
}

test('each damage of an account is named, counted by the self-check, and mended', async t => {
  const rows = Object.entries(mendable);
  const damaged = await openDamaged(t, rows.length);
  if (!damaged) return;
  for (const [index, [what, { kinds, damage, isChecked = true }]] of rows.entries()) {
    const accountId: string = damaged.ids[index] ?? '';
    const { emailId } = await damaged.mail.deliverEmail(accountId, newEmail({ words: 'apple' }));
    await damage(damaged, { accountId, emailId });
    assert.deepEqual(await damaged.verify(accountId), kinds, `${what}: named`);
    if (isChecked) assert.deepEqual(await damaged.check(accountId), kinds, `${what}: checked`);
    assert.deepEqual(await damaged.rebuild(accountId), kinds, `${what}: mended`);
    assert.deepEqual(await damaged.verify(accountId), [], `${what}: gone`);
    assert.equal((await damaged.mail.getEmails(accountId, [emailId])).length, 1);
  }
  const left = await damaged.mail.context.session.rows('select id from chunk', []);
  assert.deepEqual(left, [], 'chunks of emails that never came, or are gone, went');
});

test('what the truth has lost is named, and not mended', async t => {
  const damaged = await openDamaged(t, 3);
  if (!damaged) return;
  const [one = '', two = '', three = ''] = damaged.ids;
  const { mail, cql } = damaged;
  const lost = await mail.deliverEmail(one, newEmail({ words: 'apple' }));
  await cql('delete from detail where account = ? and bucket = ? and id = ?', [one, bucket, lost.emailId]);
  await damaged.directory.putAccountState(one, 'model', new Uint8Array(300_000), null);
  const [listed] = await listGenerations(mail.context.session, holderOf(one));
  await cql('delete from state_chunk where name = ? and generation = ? and number = 1', [
    holderOf(one),
    listed?.generation,
  ]);
  await assert.rejects(damaged.directory.getAccountState(one, 'model'), coded('storeUnavailable'));
  const twice = await mail.deliverEmail(two, newEmail());
  const timed = await readRow(mail.context, { accountId: two, bucket }, twice.emailId);
  await cql('insert into email (account, bucket, id, head) values (?, ?, ?, ?)', [
    two,
    bucket + 1,
    twice.emailId,
    timed?.record.head,
  ]);
  await cql('update bucket set changed = now() where account = ? and bucket = ?', [two, bucket + 1]);
  const unnamed = await mail.deliverEmail(three, newEmail());
  await cql('delete from email where account = ? and bucket = ? and id = ?', [
    three,
    bucket,
    unnamed.emailId,
  ]);
  assert.deepEqual(await damaged.verify(three), ['emailDamaged']);
  await damaged.rebuild();
  const octets = await mail.context.session.row('select id from detail where account = ? and bucket = ?', [
    three,
    bucket,
  ]);
  assert.ok(octets, 'octets of an email that the log knows stay');
  const named = await damaged.verify();
  assert.deepEqual([...new Set(named)], ['emailDamaged', 'emailTwice', 'stateDamaged']);
  assert.deepEqual(await damaged.check(one), ['emailDamaged']);
});
