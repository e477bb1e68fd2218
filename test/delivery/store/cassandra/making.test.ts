import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { beforeClaims, dyingAfter, losingAnswers, openProcess, openShared, rowsOf } from './parts.ts';

const wanted = { address: 'ada@example.org', aliases: ['info@example.org'], displayName: 'Ada' };

/** What belongs to accounts; domains and tenants stay. */
const accountTables = [
  'account',
  'account_list',
  'account_of_domain',
  'account_of_tenant',
  'address',
  'address_of_account',
  'address_of_domain',
];

async function openWithDomain(t: TestContext, { maxAccounts = null }: { maxAccounts?: number | null } = {}) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  const tenant = await one.addTenant({ name: 'Customer', maxAccounts });
  await one.addDomain('example.org', { tenantId: tenant.id });
  return { shared, clock: shared.clock, one };
}

test('an account whose making is cut short anywhere is there as a whole, or not at all', async t => {
  const opened = await openWithDomain(t);
  if (!opened) return;
  const { shared, clock, one } = opened;
  for (let writes = 0; ; writes++) {
    const dying = await openProcess(t, shared, { wrap: dyingAfter(writes) });
    const made = await dying.addAccount(wanted).catch(() => null);
    const found = await one.getAccountByAddress('ada@example.org');
    assert.ok(!made || found, `made, and not found, behind ${writes} writes`);
    if (found) assert.deepEqual((await one.getOwner(found.id))?.addresses.length, 2);
    clock.advance(61);
    const [result] = await one.addAccounts([wanted]);
    const account = await one.getAccountByAddress('ada@example.org');
    assert.equal(result?.id, account?.id, `${result?.outcome} behind ${writes} writes`);
    assert.ok(account, `no account behind ${writes} writes`);
    assert.deepEqual(
      (await one.listAddresses(account.id)).map(({ address }) => address),
      ['ada@example.org', 'info@example.org'],
    );
    assert.deepEqual(
      (await one.listAccounts()).items.map(({ id }) => id),
      [account.id],
    );
    await one.removeAccount(account.id);
    assert.deepEqual(await rowsOf(one, accountTables), {}, `left behind ${writes} writes`);
    if (made) break;
  }
});

test('what is left of a making frees its addresses after a minute, not before', async t => {
  const opened = await openWithDomain(t);
  if (!opened) return;
  const { shared, clock, one } = opened;
  const dying = await openProcess(t, shared, { wrap: dyingAfter(3) });
  await assert.rejects(dying.addAccount(wanted), coded('storeUnavailable'));
  await assert.rejects(one.addAccount(wanted), coded('alreadyExists'));
  await assert.rejects(one.removeDomain('example.org'), coded('badRequest'));
  clock.advance(61);
  await one.removeDomain('example.org');
  assert.equal(await one.getDomain('example.org'), null);
});

test('a making that is sealed at the last moment is not undone', async t => {
  const opened = await openWithDomain(t);
  if (!opened) return;
  const { shared, clock, one } = opened;
  const undoing = Promise.withResolvers<void>();
  const sealed = Promise.withResolvers<void>();
  const other = await openProcess(t, shared, {
    wrap: session =>
      beforeClaims(session, async cql => {
        if (!cql.includes('made = null')) return;
        undoing.resolve();
        await sealed.promise;
      }),
  });
  let second: Promise<unknown> = Promise.resolve();
  const slow = await openProcess(t, shared, {
    wrap: session =>
      beforeClaims(session, async cql => {
        if (!cql.includes('made = true')) return;
        clock.advance(61);
        second = other.addAccount(wanted).catch(error => error);
        await undoing.promise;
      }),
  });
  const { id } = await slow.addAccount(wanted);
  sealed.resolve();
  assert.equal(((await second) as { code?: string }).code, 'alreadyExists');
  assert.equal((await one.getOwner(id))?.addresses.length, 2);
  assert.equal((await one.resolveAddress('info@example.org'))?.accountId, id);
  await assert.rejects(one.removeDomain('example.org'), coded('badRequest'));
});

test('a making that took so long that another one undid it fails, and leaves nothing', async t => {
  const opened = await openWithDomain(t);
  if (!opened) return;
  const { shared, clock, one } = opened;
  const others: string[] = [];
  const slow = await openProcess(t, shared, {
    wrap: session =>
      beforeClaims(session, async cql => {
        if (!cql.includes('made = true') || others.length > 0) return;
        clock.advance(61);
        others.push((await one.addAccount({ address: 'ada@example.org' })).id);
      }),
  });
  await assert.rejects(slow.addAccount(wanted), coded('storeUnavailable'));
  assert.equal((await one.getAccountByAddress('ada@example.org'))?.id, others[0]);
  const { account, address } = await rowsOf(one, ['account', 'address']);
  assert.deepEqual([account?.length, address?.length], [1, 1]);
});

test('an account that fails on a taken alias leaves nothing behind', async t => {
  const opened = await openWithDomain(t);
  if (!opened) return;
  const { one } = opened;
  const { id } = await one.addAccount({ address: 'bob@example.org', aliases: ['info@example.org'] });
  await assert.rejects(one.addAccount(wanted), coded('alreadyExists'));
  const { account, address } = await rowsOf(one, ['account', 'address']);
  assert.deepEqual([account?.length, address?.length], [1, 2]);
  await one.addAccount({ address: 'ada@example.org' });
  assert.equal((await one.resolveAddress('info@example.org'))?.accountId, id);
});

test('of many who add one account at once one does, whoever claims what first', async t => {
  const opened = await openWithDomain(t);
  if (!opened) return;
  const { shared, one } = opened;
  const two = await openProcess(t, shared);
  const other = { address: 'info@example.org', aliases: ['ada@example.org'] };
  for (let round = 0; round < 5; round++) {
    const tries = await Promise.allSettled([
      one.addAccount(wanted),
      two.addAccount(wanted),
      one.addAccount(other),
      two.addAccount(other),
    ]);
    const made = tries.flatMap(result => (result.status === 'fulfilled' ? [result.value.id] : []));
    // Two that each hold what the other one wants may both give up.
    assert.ok(made.length <= 1);
    const { items } = await two.listAccounts();
    assert.deepEqual(
      items.map(({ id }) => id),
      made,
    );
    for (const id of made) await one.removeAccount(id);
    assert.deepEqual(await rowsOf(one, accountTables), {});
  }
});

for (const isApplied of [true, false]) {
  const what = isApplied ? 'were applied' : 'were not applied';
  test(`transactions whose answers are lost and that ${what} do what they should`, async t => {
    const opened = await openWithDomain(t);
    if (!opened) return;
    const lossy = await openProcess(t, opened.shared, { wrap: losingAnswers({ isApplied }) });
    await lossy.addDomain('other.example');
    const { id } = await lossy.addAccount(wanted);
    await lossy.addAlias('more@example.org', id);
    await lossy.setCatchAll('other.example', id);
    assert.equal((await opened.one.resolveAddress('x@other.example'))?.accountId, id);
    const hash = new Uint8Array(32).fill(1);
    await lossy.addSecret({ accountId: id, kind: 'ticket', hash });
    assert.ok(await lossy.takeSecret('ticket', hash));
    assert.equal(await opened.one.takeSecret('ticket', hash), null);
    await lossy.removeAlias('more@example.org');
    await lossy.removeAccount(id);
    await lossy.removeDomain('other.example');
    assert.deepEqual(await rowsOf(opened.one, [...accountTables, 'secret', 'secret_of_account']), {});
    assert.deepEqual(
      (await opened.one.listDomains()).items.map(({ name }) => name),
      ['example.org'],
    );
  });
}

test('a tenant never has more accounts than it may, however many are made at once', async t => {
  const opened = await openWithDomain(t, { maxAccounts: 3 });
  if (!opened) return;
  const { shared, one } = opened;
  const two = await openProcess(t, shared);
  const accounts = Array.from({ length: 6 }, (_unused, n) => ({ address: `u${n}@example.org` }));
  await Promise.all([one.addAccounts(accounts), two.addAccounts(accounts)]);
  assert.ok((await one.listAccounts()).items.length <= 3);
  const again = await one.addAccounts(accounts);
  assert.equal((await two.listAccounts()).items.length, 3);
  assert.equal(again.filter(({ code }) => code === 'forbidden').length, 3);
});
