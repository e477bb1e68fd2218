import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { resumeRemovals } from '../../../../delivery/store/cassandra/directory/removal.ts';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { beforeClaims, dyingAfter, openProcess, openShared, type Process, rowsOf } from './parts.ts';

/** What belongs to accounts. */
const accountTables = [
  ...['account', 'account_list', 'account_of_domain', 'account_of_tenant', 'address', 'address_of_account'],
  ...['address_of_domain', 'catch_all_of_account', 'removing_account', 'role', 'secret', 'secret_of_account'],
  ...['audit', 'private_key', 'public_key', 'own_key', 'contact', 'contact_address', 'document'],
  ...['upload', 'upload_chunk', 'published_key', 'published_key_of_account'],
  ...['state_generation', 'state_chunk'],
];

const hash = new Uint8Array(32).fill(1);
const at = new Date('2026-02-01T00:00:00Z');

async function open(t: TestContext) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  await one.addDomain('example.org');
  return { shared, one };
}

/** An account that has something in every table. */
async function fill(process: Process): Promise<string> {
  const { id } = await process.addAccount({
    address: 'ada@example.org',
    aliases: ['info@example.org'],
    passwordHash: 'secret',
  });
  await process.addAlias('more@example.org', id);
  await process.setCatchAll('example.org', id);
  await process.grantRole(id, 'owner', id);
  await process.addSecret({ accountId: id, kind: 'appPassword', hash });
  await process.appendAudit(id, { at, actor: 'operator', action: 'mailOpened', detail: {} });
  const octets = new Uint8Array([1]);
  await process.putPrivateKey(id, { fingerprint: 'ab', custody: 'server', wrapped: octets, createdAt: at });
  await process.putPublicKey(id, {
    ...{ address: 'ada@example.org', fingerprint: 'ab', octets, source: 'own' },
    ...{ state: 'usable', firstSeenAt: at },
  });
  for (const localPart of ['ada', 'more']) {
    await process.publishKey({
      ...{ domain: 'example.org', localPart, kind: 'openpgp', accountId: id, fingerprint: 'ab', octets },
      ...{ state: 'usable', publishedAt: at },
    });
  }
  await process.putContact(id, {
    name: 'Bob',
    addresses: ['email:bob@example.net'],
    card: null,
    index: null,
    facts: null,
  });
  await process.putSettings(id, { a: 1 });
  await process.putAccountState(id, 'model', new Uint8Array(300_000).fill(1), null);
  await process.blobs.putBlob(id, { octets: new Uint8Array(300_000).fill(1), mediaType: 'text/plain' });
  return id;
}

test('nothing is left of a removed account', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { one } = opened;
  const id = await fill(one);
  const before = await rowsOf(one, accountTables);
  assert.deepEqual(
    accountTables.filter(table => !before[table]),
    ['removing_account'],
    'the account has something everywhere',
  );
  await one.removeAccount(id);
  assert.deepEqual(await rowsOf(one, accountTables), {});
  assert.deepEqual(one.erased, [id]);
  assert.equal((await one.getDomain('example.org'))?.catchAllAccountId, null);
  await assert.rejects(one.removeAccount(id), coded('notFound'));
});

test('a removal that is cut short anywhere hides the account at once, and is ended by the next process', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one } = opened;
  for (let writes = 1; ; writes++) {
    const id = await fill(one);
    const dying = await openProcess(t, shared, { wrap: dyingAfter(writes) });
    const isDone = await dying.removeAccount(id).then(
      () => true,
      () => false,
    );
    // The first write only notes what is to be done.
    if (writes > 1) {
      assert.equal(await one.getAccount(id), null);
      assert.equal(await one.getCredentials(id), null);
      assert.equal(await one.findSecret('appPassword', hash), null);
      assert.equal(await one.resolveAddress('info@example.org'), null);
      await assert.rejects(one.updateAccount(id, { state: 'closed' }), coded('notFound'));
    }
    await resumeRemovals(one.context, { eraseMail: async () => {}, zoneLog: one.zoneLog });
    assert.deepEqual(await rowsOf(one, accountTables), {}, `left behind ${writes} writes`);
    if (isDone) break;
  }
});

test('an alias that is claimed while its account goes is nobody’s, and free for others', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one } = opened;
  const { id } = await one.addAccount({ address: 'ada@example.org' });
  let removed: Promise<void> | null = null;
  const slow = await openProcess(t, shared, {
    wrap: session =>
      beforeClaims(session, () => {
        removed ??= one.removeAccount(id);
        return removed;
      }),
  });
  await assert.rejects(slow.addAlias('info@example.org', id), coded('notFound'));
  await one.addAccount({ address: 'info@example.org' });
});
