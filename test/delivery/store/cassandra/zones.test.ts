import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DeliveryError } from '../../../../delivery/errors.ts';
import { silentLog } from '../../../../delivery/log.ts';
import type { ClockGuard } from '../../../../delivery/store/cassandra/clock-guard.ts';
import { keySlot, pageOfSlots } from '../../../../delivery/store/cassandra/zones/slot-pages.ts';
import { ZoneLog } from '../../../../delivery/store/cassandra/zones/zone-log.ts';
import { zonePart } from '../../../../delivery/store/cassandra/zones/zones.ts';
import type { PublishedKey } from '../../../../delivery/store/store.ts';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { before, dyingAfter, losingAnswers, openProcess, openShared, type Process, rowsOf } from './parts.ts';

const tables = ['published_key', 'published_key_of_account'];

function newKey(accountId: string, traits: Partial<PublishedKey> = {}): PublishedKey {
  return {
    ...{ domain: 'example.org', localPart: 'info', kind: 'openpgp', accountId, fingerprint: 'ab' },
    ...{ octets: new Uint8Array([1]), state: 'usable', publishedAt: new Date('2026-02-01T00:00:00Z') },
    ...traits,
  };
}

async function open(t: TestContext) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  await one.addDomain('example.org');
  const { id } = await one.addAccount({ address: 'ada@example.org', aliases: ['info@example.org'] });
  return { shared, one, id };
}

/** Local parts told behind the cursor, null for a domain. */
async function toldSince(process: Process, since: string): Promise<(string | null)[]> {
  const { changes, isWhole } = await process.getZoneChanges(since, 1000);
  assert.equal(isWhole, true);
  return changes.map(({ localPart }) => localPart);
}

/** Big for one batch, small enough to be one. */
const sizes = [1, 60_000];

test('a publication cut anywhere is told when it is there, and whole when it is tried again', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  for (const size of sizes) {
    const key = newKey(id, { octets: new Uint8Array(size).fill(2) });
    for (let writes = 0; ; writes++) {
      const { next } = await one.getZoneChanges(null, 1000);
      const dying = await openProcess(t, shared, { wrap: dyingAfter(writes) });
      const isDone = await dying.publishKey(key).then(
        () => true,
        () => false,
      );
      const found = await one.getPublishedKey('info@example.org', 'openpgp');
      const what = `${size} octets behind ${writes} writes`;
      if (isDone) assert.deepEqual(found, key, what);
      await one.publishKey(key);
      assert.deepEqual(await one.getPublishedKey('info@example.org', 'openpgp'), key, what);
      assert.ok((await toldSince(one, next)).includes('info'), what);
      assert.equal(await one.unpublishKey('info@example.org', 'openpgp'), true);
      assert.deepEqual(await rowsOf(one, tables), {}, what);
      if (isDone) break;
    }
  }
});

test('a batch that can’t be logged is written one by one', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  const unlogged = await openProcess(t, shared, {
    wrap: session =>
      before(session, name => {
        if (name === 'together') throw new DeliveryError('storeUnavailable', 'no node for the batch log');
      }),
  });
  const { next } = await one.getZoneChanges(null, 1000);
  await unlogged.publishKey(newKey(id));
  assert.ok(await one.getPublishedKey('info@example.org', 'openpgp'));
  assert.ok((await toldSince(one, next)).includes('info'));
  assert.equal(await unlogged.unpublishKey('info@example.org', 'openpgp'), true);
  assert.deepEqual(await rowsOf(one, tables), {});
});

test('an alias whose removal is cut anywhere is whole, or goes with its key when it is tried again', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  for (let writes = 0; ; writes++) {
    await one.publishKey(newKey(id));
    const { next } = await one.getZoneChanges(null, 1000);
    const dying = await openProcess(t, shared, { wrap: dyingAfter(writes) });
    const isDone = await dying.removeAlias('info@example.org').then(
      () => true,
      () => false,
    );
    const what = `behind ${writes} writes`;
    // Once the address is nobody's, there is no key of it.
    const isLeft = (await one.resolveAddress('info@example.org')) !== null;
    if (isLeft) await one.removeAlias('info@example.org').catch(() => undefined);
    assert.deepEqual(await rowsOf(one, tables), {}, what);
    assert.ok((await toldSince(one, next)).includes('info'), what);
    await one.addAlias('info@example.org', id);
    if (isDone) break;
  }
});

test('a key that is published while its alias goes, or its account, does not stay', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  /** Publishes with a session that does `work` before the key is written. */
  const publishAround = async (work: () => Promise<unknown>): Promise<void> => {
    let worked: Promise<unknown> | null = null;
    const slow = await openProcess(t, shared, {
      wrap: session =>
        before(session, name => {
          if (name === 'together') worked ??= work();
          return worked ?? undefined;
        }),
    });
    await assert.rejects(slow.publishKey(newKey(id)), coded('notFound'));
    assert.deepEqual(await rowsOf(one, tables), {});
  };
  await publishAround(() => one.removeAlias('info@example.org'));
  await one.addAlias('info@example.org', id);
  await publishAround(() => one.removeAccount(id));
});

test('what was taken back by a clock ahead can be published again at once', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  const ahead = await openProcess(t, shared, { aheadSeconds: 9 });
  await ahead.publishKey(newKey(id));
  await one.publishKey(newKey(id, { state: 'revoked' }));
  assert.equal((await one.getPublishedKey('info@example.org', 'openpgp'))?.state, 'revoked');
  assert.equal(await ahead.unpublishKey('info@example.org', 'openpgp'), true);
  await one.publishKey(newKey(id));
  assert.ok(await one.getPublishedKey('info@example.org', 'openpgp'));
});

test('of an address that changed hands beside older code the holder’s key counts', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { one, id } = opened;
  await one.publishKey(newKey(id));
  const { session } = one.context;
  await session.claim('delete from address where key = ? if exists', ['info@example.org']);
  for (const table of ['address_of_account where account', "address_of_domain where domain = 'example.org'"])
    await session.run(
      table.includes('domain =')
        ? `delete from ${table} and key = 'info@example.org'`
        : `delete from ${table} = ? and key = 'info@example.org'`,
      table.includes('domain =') ? [] : [id],
    );
  assert.equal(await one.getPublishedKey('info@example.org', 'openpgp'), null);
  const eve = await one.addAccount({ address: 'info@example.org' });
  assert.equal(await one.getPublishedKey('info@example.org', 'openpgp'), null);
  const key = newKey(eve.id, { publishedAt: new Date('2026-02-02T00:00:00Z') });
  await one.publishKey(key);
  assert.deepEqual(await one.getPublishedKey('info@example.org', 'openpgp'), key);
  for (const scope of [{}, { domain: 'example.org' }])
    assert.deepEqual((await one.listPublishedKeys(scope)).items, [key]);
  await one.removeAccount(id);
  assert.deepEqual((await one.listPublishedKeys()).items, [key]);
});

for (const isApplied of [true, false]) {
  test(`zones whose answers are lost and that were ${isApplied ? '' : 'not '}applied are put once, serials never given twice`, async t => {
    const opened = await open(t);
    if (!opened) return;
    const { shared, one } = opened;
    const deaf = async () => await openProcess(t, shared, { wrap: losingAnswers({ isApplied }) });
    const lossy = await deaf();
    const first = await lossy.putZone('example.org', 1, null);
    const second = await lossy.putZone('example.org', 2, first.version);
    assert.deepEqual(await one.getZone('example.org'), second);
    assert.equal(await lossy.removeZone('example.org'), true);
    assert.equal(await one.getZone('example.org'), null);
    const serials: number[] = [];
    for (const claimer of [await deaf(), one, lossy, await deaf(), one])
      serials.push(await claimer.claimZoneSerial('example.org'));
    for (const [index, serial] of serials.entries())
      assert.ok(index === 0 || serial > (serials[index - 1] ?? 0));
  });
}

test('a put that is cut behind its transaction was told before it', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one } = opened;
  const { next } = await one.getZoneChanges(null, 1000);
  const dying = await openProcess(t, shared, { wrap: dyingAfter(2) });
  await assert.rejects(dying.putZone('other.example', 1, null));
  assert.equal((await one.getZone('other.example'))?.document, 1);
  const { changes } = await one.getZoneChanges(next, 1000);
  assert.ok(changes.some(({ domain }) => domain === 'other.example'));
});

test('a line that appears late is told nevertheless, and one that is told is not told again', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id } = opened;
  let { next } = await one.getZoneChanges(null, 1000);
  next = (await one.getZoneChanges(next, 1000)).next;
  await one.publishKey(newKey(id));
  const shown = await one.getZoneChanges(next, 1000);
  assert.ok(shown.changes.length > 0);
  assert.deepEqual((await one.getZoneChanges(shown.next, 1000)).changes, []);
  // By a clock behind, or by a write that took long.
  const { session } = one.context;
  const late = new Date(shared.clock.now().getTime() - 16_000);
  await session.run(
    "insert into zone_change (bucket, at, domain, local_part) values (?, ?, 'example.org', 'late')",
    [Math.floor(late.getTime() / 600_000), session.timeId(late)],
  );
  const again = await one.getZoneChanges(shown.next, 1000);
  assert.deepEqual(again.changes, [{ domain: 'example.org', localPart: 'late' }]);
  shared.clock.advance(20);
  const { changes, next: last } = await one.getZoneChanges(again.next, 1000);
  assert.deepEqual(changes, []);
  assert.deepEqual((await one.getZoneChanges(last, 1000)).changes, []);
});

test('with a wrong clock nothing is written that would not be told', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { one, id } = opened;
  const guard: ClockGuard = {
    require: () => {
      throw new DeliveryError('storeUnavailable', 'the clock is wrong');
    },
    stop: () => undefined,
  };
  const wrong = zonePart(one.context, new ZoneLog({ ...one.context, log: silentLog }, guard));
  await one.publishKey(newKey(id));
  const unavailable = coded('storeUnavailable');
  await assert.rejects(wrong.publishKey(newKey(id, { state: 'revoked' })), unavailable);
  await assert.rejects(wrong.unpublishKey('info@example.org', 'openpgp'), unavailable);
  await assert.rejects(wrong.putZone('example.org', {}, null), unavailable);
  assert.equal((await one.getPublishedKey('info@example.org', 'openpgp'))?.state, 'usable');
  assert.equal(await one.getZone('example.org'), null);
});

test('pages of what is spread over slots miss nothing, however it lies, and few requests give them', async () => {
  for (const rowsOfSlot of [
    () => 0,
    (slot: number) => (slot % 300 === 7 ? 1 : 0),
    () => 1,
    (slot: number) => slot % 5,
    (slot: number) => (slot === 3 ? 5000 : 2),
    () => 98,
  ]) {
    let reads = 0;
    let read = 0;
    const table = {
      read: async (part: { slot: number; after: readonly unknown[] | null; limit: number }) => {
        reads++;
        const first = part.after === null ? 0 : Number(part.after[0]) + 1;
        const count = Math.max(0, Math.min(part.limit, rowsOfSlot(part.slot) - first));
        read += count;
        return Array.from({ length: count }, (_unused, index) => ({ slot: part.slot, n: first + index }));
      },
      keyOf: ({ n }: { n: number }) => [n],
    };
    const seen: string[] = [];
    let after: string | null = null;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof pageOfSlots<{ slot: number; n: number }>>> = await pageOfSlots<{
        slot: number;
        n: number;
      }>({ after, limit: 500 }, table);
      seen.push(...page.rows.map(({ slot, n }) => `${slot} ${n}`));
      after = page.next;
      pages++;
    } while (after !== null);
    const wanted = Array.from({ length: 1024 }, (_unused, slot) =>
      Array.from({ length: rowsOfSlot(slot) }, (_none, n) => `${slot} ${n}`),
    ).flat();
    assert.deepEqual(seen, wanted);
    assert.ok(reads <= 1024 + 64 * pages, `${reads} reads for ${pages} pages`);
    assert.ok(read <= 2 * wanted.length + 4 * 501, `${read} rows read for ${wanted.length}`);
  }
  assert.ok(new Set(Array.from({ length: 200 }, (_unused, n) => keySlot(`u${n}`))).size > 150);
});
