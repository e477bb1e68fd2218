import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { Client } from 'cassandra-driver';
import { decrypt } from '../../delivery/crypto/decrypt.ts';
import { readPrivateKey, unlockPrivateKey } from '../../delivery/crypto/keys.ts';
import { verifyPassword } from '../../delivery/crypto/password.ts';
import { openCertificateCache } from '../../delivery/crypto/seal.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import { visibleText } from '../../delivery/message/text.ts';
import { openParts, type Parts, pipelineParts } from '../../delivery/open.ts';
import { run } from '../../delivery/pipeline.ts';
import type { Account } from '../../delivery/store/store.ts';
import { hashSecret } from '../../webmail/api/secrets.ts';
import { tablesOf } from '../data/dump.ts';
import {
  type Kept,
  keptConfig,
  keptVersions,
  readKept,
  type StoreName,
  settingsOn,
  storeNames,
} from '../data/kept.ts';
import { arrivalOf, plainMessages, sealedMessages } from '../data/messages.ts';
import { differences, portray } from '../data/portrait.ts';
import { atEnd } from '../support/at-end.ts';
import { openTestClock, type TestClock } from '../support/clock.ts';
import { layOut, openTables } from '../support/kept-store.ts';
import { leaseKeyspace } from '../support/keyspace.ts';
import { behindTrace } from '../support/stored.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { unseal } from '../support/unseal.ts';

const versions = keptVersions();

interface Opened {
  readonly kept: Kept;
  readonly parts: Parts;
  /** A day after the folder was written. */
  readonly clock: TestClock;
  account(name: string): Promise<Account>;
}

/** What a version kept in a store, opened by this one; null where the store can't be had. */
async function openKept(t: TestContext, version: string, store: StoreName): Promise<Opened | null> {
  const kept = readKept(version, store);
  const config = await layOut(t, version, store);
  if (!config) return null;
  const clock = openTestClock(kept.writtenAt);
  clock.advance(86_400);
  const parts = await openParts(config, { clock });
  atEnd(t, () => parts.close());
  const account = async (name: string) => {
    const found = await parts.store.getAccountByAddress(`${name}@example.org`);
    assert.ok(found, name);
    return found;
  };
  return { kept, parts, clock, account };
}

async function search({ store }: Parts, { id }: Account, word: string): Promise<string[]> {
  const filter = { search: { field: 'any', words: [word], prefix: false } } as const;
  const { rows } = await store.queryEmails(id, { filter, sort: [], limit: 100 });
  return rows.map(row => row.id);
}

async function allEmails({ store }: Parts, { id }: Account) {
  const sort = [{ key: 'receivedAt', ascending: true }] as const;
  const { rows } = await store.queryEmails(id, { filter: null, sort, limit: 500 });
  return store.getEmails(
    id,
    rows.map(row => row.id),
  );
}

/** Delivers as a judge thread does, by the test's clock. */
async function deliver(octets: string, { id, address }: Account, { parts, clock }: Opened) {
  const judging = {
    ...parts,
    ...pipelineParts(parts.config, parts.log),
    certificates: openCertificateCache(),
  };
  const { outcomes } = await run(arrivalOf(octets, address, id, clock.now()), {}, judging);
  return outcomes[0];
}

for (const version of versions) {
  for (const storeName of storeNames) {
    test(`what ${version} kept on ${storeName}`, async t => {
      const opened = await openKept(t, version, storeName);
      if (!opened) return;
      await t.test('is read as it was', () => readAll(opened));
      await t.test('lets its people sign in, open their mail and find its words', () => signIn(opened));
      await t.test('is joined by new mail, of which clients are told', () => sendMore(opened));
      await t.test('knows mail that is sent again', () => sendAgain(opened));
      await t.test('has the schema of what is made now', within => compareSchemas(within, opened));
    });
  }
}

async function readAll({ kept, parts }: Opened): Promise<void> {
  assert.deepEqual(differences(kept.portrait, await portray(parts)), []);
  assert.deepEqual(await Array.fromAsync(parts.store.verify()), []);
}

async function signIn({ kept, parts, account }: Opened): Promise<void> {
  const { store, keyring } = parts;
  const [ada, ben, cleo] = [await account('ada'), await account('ben'), await account('cleo')];
  const { passwordHash = null } = (await store.getCredentials(ada.id)) ?? {};
  assert.ok(await verifyPassword(kept.password, passwordHash));
  const hash = hashSecret('appPassword', kept.appPassword, keyring);
  assert.equal((await store.findSecret('appPassword', hash))?.accountId, ada.id);

  assert.equal((await search(parts, ada, 'quincunx')).length, 2);
  const [encrypted] = await allEmails(parts, ben);
  assert.ok(encrypted);
  assert.deepEqual(await search(parts, ben, 'xylophone'), [encrypted.id]);
  const { content } = await decrypt(
    parseMessage((await store.getOctets(ben.id, encrypted.id)) ?? Buffer.of()),
    {
      privateKeys: await store.listPrivateKeys(ben.id),
      publicKeys: await store.listPublicKeys(ben.id),
      ...{ keyring, receivedAt: encrypted.receivedAt },
    },
  );
  assert.match(content ? visibleText(content, 1000) : '', /the encrypted xylophone/);

  const [sealed] = await allEmails(parts, cleo);
  assert.ok(sealed?.sealed);
  const [backup] = await store.listPrivateKeys(cleo.id);
  const key = await unlockPrivateKey(await readPrivateKey(backup?.wrapped ?? Buffer.of()), kept.passphrase);
  const inner = await unseal((await store.getOctets(cleo.id, sealed.id)) ?? Buffer.of(), [key]);
  assert.equal(behindTrace(Buffer.from(inner).toString('latin1')), sealedMessages.sealed);
}

async function sendMore(opened: Opened): Promise<void> {
  const { kept, parts, account } = opened;
  const [ada, ben, cleo] = [await account('ada'), await account('ben'), await account('cleo')];
  const before = await allEmails(parts, ada);
  const answer = (plainMessages.reply ?? '').replace('<reply@', '<answer@');
  const list = (plainMessages.list ?? '').replace('<list@', '<list2@');
  const stored = await Promise.all([
    deliver(answer, ada, opened),
    deliver(list, ada, opened),
    deliver(answer, ben, opened),
    deliver(answer, cleo, opened),
  ]);
  assert.deepEqual(
    stored.map(outcome => outcome?.status),
    ['stored', 'stored', 'stored', 'stored'],
  );
  const after = await allEmails(parts, ada);
  assert.equal(after.length, before.length + 2);
  const [first] = before.filter(({ summary }) => summary.messageId === 'attached@example.net');
  const [joined] = after.filter(({ summary }) => summary.messageId === 'answer@example.net');
  assert.ok(first && joined);
  assert.equal(joined.threadId, first.threadId);
  assert.equal(joined.discussionKey, first.discussionKey);
  const garden = (await parts.store.listTags(ada.id)).find(({ name }) => name === 'Garden');
  const [filed] = after.filter(({ summary }) => summary.messageId === 'list2@example.net');
  assert.deepEqual(filed?.tagIds, [garden?.id]);
  assert.deepEqual(
    (await allEmails(parts, cleo)).map(email => email.sealed),
    [true, true],
  );
  await checkStates(kept, ada, parts);
  assert.equal((await search(parts, ada, 'quincunx')).length, 3);
  assert.deepEqual(await Array.fromAsync(parts.store.verify()), []);
}

async function sendAgain(opened: Opened): Promise<void> {
  const { kept, parts, account } = opened;
  const [ada, cleo] = [await account('ada'), await account('cleo')];
  for (const name of kept.sent) {
    // A message with neither Message-ID nor Date is known for an hour.
    const status = name === 'odd' ? 'stored' : 'duplicate';
    assert.equal((await deliver(plainMessages[name] ?? '', ada, opened))?.status, status, name);
  }
  assert.equal((await deliver(sealedMessages.sealed ?? '', cleo, opened))?.status, 'duplicate');
  assert.deepEqual(await Array.fromAsync(parts.store.verify()), []);
}

/** A client that was away during the upgrade is told what has come since. */
async function checkStates(kept: Kept, { id }: Account, { store }: Parts): Promise<void> {
  const { accounts } = kept.portrait as { accounts: { account: { id: string }; states: string[] }[] };
  const [since = ''] = accounts.find(({ account }) => account.id === id)?.states ?? [];
  const changes = await store.getChanges(id, 'Email', since, 100);
  assert.equal(changes.created.length, 2);
  assert.deepEqual(changes.destroyed, []);
}

async function compareSchemas(t: TestContext, { parts: { config } }: Opened): Promise<void> {
  const data = temporaryFolder(t);
  const { store, 'cassandra.keyspace': keyspace } = config;
  const leased = store === 'cassandra' ? await leaseKeyspace(t) : null;
  const fresh = await openParts(keptConfig(data, leased ? settingsOn(leased) : {}));
  await fresh.close();
  if (leased) {
    const client = openTables(t, leased);
    const made = await schemaOfKeyspace(client, leased.keyspace);
    const upgraded = await schemaOfKeyspace(client, keyspace);
    const lacking = made.filter(line => !upgraded.includes(line));
    const odd = upgraded.filter(line => !made.includes(line));
    assert.deepEqual({ lacking, odd }, { lacking: [], odd: [] });
    return;
  }
  for (const name of ['directory.db', 'shard-0.db'])
    assert.deepEqual(schemaOf(join(config.data, name)), schemaOf(join(data, name)));
}

function schemaOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return [
      database.prepare('pragma user_version').get(),
      database.prepare('select type, name, sql from sqlite_master order by type, name').all(),
    ];
  } finally {
    database.close();
  }
}

/** Steps that were run, and how each table would be made. */
async function schemaOfKeyspace(client: Client, keyspace: string): Promise<string[]> {
  const { rows } = await client.execute(
    `select generation, number from ${keyspace}.schema_step where part = 0`,
  );
  const tables = await tablesOf(client, keyspace);
  return [
    ...rows.map(({ generation, number }) => `step ${number} of generation ${generation}`),
    // That of the lock is made where a step is missing.
    ...tables.filter(({ table }) => table !== 'schema_lock').map(({ create }) => create),
  ];
}
