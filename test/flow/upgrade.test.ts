import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
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
import { type Kept, keptConfig, keptVersions, readKept, unpack } from '../data/kept.ts';
import { arrivalOf, plainMessages, sealedMessages } from '../data/messages.ts';
import { differences, portray } from '../data/portrait.ts';
import { atEnd } from '../support/at-end.ts';
import { openTestClock, type TestClock } from '../support/clock.ts';
import { behindTrace } from '../support/stored.ts';
import { unseal } from '../support/unseal.ts';

const versions = keptVersions();

interface Opened {
  readonly kept: Kept;
  readonly parts: Parts;
  /** A day after the folder was written. */
  readonly clock: TestClock;
  account(name: string): Promise<Account>;
}

/** The data folder of a version, opened by this one. */
async function openKept(t: TestContext, version: string): Promise<Opened> {
  const kept = readKept(version);
  const data = mkdtempSync(join(tmpdir(), 'caliopen-test-'));
  atEnd(t, () => rmSync(data, { recursive: true, force: true, maxRetries: 5 }));
  unpack(version, data);
  const clock = openTestClock(kept.writtenAt);
  clock.advance(86_400);
  const parts = await openParts(keptConfig(data), { clock });
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
  test(`${version}: all that it kept is read as it was`, async t => {
    const { kept, parts } = await openKept(t, version);
    assert.deepEqual(differences(kept.portrait, await portray(parts)), []);
    assert.deepEqual(await Array.fromAsync(parts.store.verify()), []);
  });

  test(`${version}: its people sign in, open their mail and find its words`, async t => {
    const { kept, parts, account } = await openKept(t, version);
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
  });

  test(`${version}: mail sent again is known, new mail joins the old`, async t => {
    const opened = await openKept(t, version);
    const { kept, parts, account } = opened;
    const [ada, ben, cleo] = [await account('ada'), await account('ben'), await account('cleo')];
    const before = await allEmails(parts, ada);
    for (const [name, octets] of Object.entries(plainMessages)) {
      // A message with neither Message-ID nor Date is known for an hour.
      const status = name === 'odd' ? 'stored' : 'duplicate';
      assert.equal((await deliver(octets, ada, opened))?.status, status, name);
    }
    assert.equal((await deliver(sealedMessages.sealed ?? '', cleo, opened))?.status, 'duplicate');

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
    assert.equal(after.length, before.length + 3);
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
  });
}

/** A client that was away during the upgrade is told what has come since. */
async function checkStates(kept: Kept, { id }: Account, { store }: Parts): Promise<void> {
  const { accounts } = kept.portrait as { accounts: { account: { id: string }; states: string[] }[] };
  const [since = ''] = accounts.find(({ account }) => account.id === id)?.states ?? [];
  const changes = await store.getChanges(id, 'Email', since, 100);
  assert.equal(changes.created.length, 3);
  assert.deepEqual(changes.destroyed, []);
}

test('an upgraded folder has the schema of a new one', async t => {
  const data = mkdtempSync(join(tmpdir(), 'caliopen-test-'));
  atEnd(t, () => rmSync(data, { recursive: true, force: true, maxRetries: 5 }));
  const parts = await openParts(keptConfig(data));
  await parts.close();
  const fresh = [schemaOf(join(data, 'directory.db')), schemaOf(join(data, 'shard-0.db'))];
  for (const version of versions) {
    const { parts: upgraded } = await openKept(t, version);
    const { data: folder } = upgraded.config;
    assert.deepEqual([schemaOf(join(folder, 'directory.db')), schemaOf(join(folder, 'shard-0.db'))], fresh);
  }
});

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
