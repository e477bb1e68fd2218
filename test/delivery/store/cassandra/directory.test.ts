import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Session } from '../../../../delivery/store/cassandra/session.ts';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { before, beforeClaims, openProcess, openShared, rowsOf } from './parts.ts';

const hash = (name: string): Uint8Array => new Uint8Array(Buffer.from(name.padEnd(32, '-')));

async function open(t: TestContext) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  const two = await openProcess(t, shared);
  await one.addDomain('example.org');
  const { id } = await one.addAccount({ address: 'ada@example.org' });
  return { shared, clock: shared.clock, one, two, id };
}

test('what each message asks takes few requests', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  await one.putContact(id, {
    ...{ name: 'Bob', addresses: ['email:bob@example.net'], card: null },
    ...{ index: null, facts: null },
  });
  let requests = 0;
  const wrap = (session: Session): Session => before(session, () => requests++);
  const process = await openProcess(t, shared, { wrap });
  const cost = async (work: () => Promise<unknown>): Promise<number> => {
    requests = 0;
    assert.ok(await work());
    return requests;
  };
  assert.equal(await cost(() => process.findReceiver('ada@example.org', 1000)), 2);
  assert.equal(await cost(() => process.getOwner(id)), 2);
  const asked = { addresses: ['bob@example.net'], discussionKey: 'd' };
  const version = await process.putAccountState(id, 'model', new Uint8Array(1), null);
  // The states cost no request of their own.
  assert.deepEqual((await process.getOwnerContext(id, asked)).stateVersions, { model: version });
  assert.equal(await cost(() => process.getOwnerContext(id, asked)), 7);
  await process.updateAccount(id, { quotaOctets: 10_000 });
  assert.equal(await cost(() => process.findReceiver('ada@example.org', 1000)), 3);
});

test('an alias and a domain’s removal at once: the domain goes, or the alias is made', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { one, two, id } = opened;
  for (let round = 0; round < 10; round++) {
    await one.addDomain('other.example');
    const [alias, removal] = await Promise.allSettled([
      one.addAlias('info@other.example', id),
      two.removeDomain('other.example'),
    ]);
    const isServed = await one.isLocalDomain('other.example');
    const isThere = (await one.resolveAddress('info@other.example')) !== null;
    assert.equal(isThere, alias.status === 'fulfilled');
    assert.equal(isServed, removal.status === 'rejected');
    assert.ok(isServed || !isThere, 'an address in a domain that is not served');
    if (isThere) await one.removeAlias('info@other.example');
    if (isServed) await one.removeDomain('other.example');
  }
});

test('a domain stays when an address was claimed while it was being removed', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  const domain = await one.addDomain('other.example');
  let added: Promise<void> | null = null;
  const remover = await openProcess(t, shared, {
    wrap: session =>
      beforeClaims(session, async () => {
        added ??= one.addAlias('info@other.example', id);
        await added;
      }),
  });
  await assert.rejects(remover.removeDomain('other.example'), coded('badRequest'));
  assert.deepEqual(await one.getDomain('other.example'), domain);
  assert.equal((await one.listDomains()).items.length, 2);
});

test('a domain or an alias that was claimed and not listed is listed by whoever claims it again', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { one, id } = opened;
  await one.addDomain('other.example');
  await one.addAlias('info@example.org', id);
  const { session } = one.context;
  // As if nothing had been written to them.
  for (const table of ['domain_list', 'address_of_account', 'address_of_domain'])
    await session.run(`truncate ${table}`, []);
  await assert.rejects(one.addDomain('other.example'), coded('alreadyExists'));
  await assert.rejects(one.addAlias('info@example.org', id), coded('alreadyExists'));
  assert.deepEqual(
    (await one.listDomains()).items.map(({ name }) => name),
    ['other.example'],
  );
  assert.deepEqual(
    (await one.listAddresses(id)).map(({ address }) => address),
    ['info@example.org'],
  );
});

test('a new password ends what is being made under the old one', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  const slow = await openProcess(t, shared, {
    wrap: session => beforeClaims(session, () => one.setPasswordHash(id, 'new')),
  });
  await slow.addSecret({ accountId: id, kind: 'session', hash: hash('one') });
  assert.equal(await one.findSecret('session', hash('one')), null);
  assert.deepEqual(await one.listSecrets(id, 'session'), []);
  assert.equal(await one.takeSecret('session', hash('one')), null);
  // Its hash is free for what is made under the new one.
  await one.addSecret({ accountId: id, kind: 'session', hash: hash('one') });
  assert.ok(await one.findSecret('session', hash('one')));
});

test('an expired secret makes room for another with its hash, and no rows pile up', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { clock, one, id } = opened;
  const add = (): Promise<{ id: string }> =>
    one.addSecret({
      accountId: id,
      kind: 'ticket',
      hash: hash('t'),
      expiresAt: new Date(clock.now().getTime() + 60_000),
    });
  await add();
  await assert.rejects(add(), coded('alreadyExists'));
  clock.advance(60);
  assert.equal(await one.takeSecret('ticket', hash('t')), null);
  await add();
  clock.advance(60);
  const { id: last } = await add();
  assert.equal((await one.takeSecret('ticket', hash('t')))?.id, last);
  const { secret = [], secret_of_account: listed = [] } = await rowsOf(one, ['secret', 'secret_of_account']);
  assert.deepEqual([secret, listed.length], [[], 1]);
  const [left] = await one.context.session.rows<{ left: number }>(
    'select ttl(hash) as left from secret_of_account where account = ?',
    [id],
  );
  assert.ok(left && left.left > 86_000 && left.left <= 86_460, 'what expired goes by itself');
});

test('audit entries of years are read in pages, newest first', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { clock, one, id } = opened;
  for (let n = 0; n < 12; n++) {
    await one.appendAudit(id, { at: clock.now(), actor: 'operator', action: 'mailOpened', detail: { n } });
    clock.advance(n % 3 === 2 ? 400 * 86_400 : 0);
  }
  const seen: unknown[] = [];
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof one.listAudit>> = await one.listAudit(id, { after, limit: 5 });
    seen.push(...page.items.map(({ detail }) => detail.n));
    after = page.next;
    if (after === null) break;
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 12 }, (_unused, n) => 11 - n),
  );
});
