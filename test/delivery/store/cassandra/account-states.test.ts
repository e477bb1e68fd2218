import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import {
  before,
  beforeClaims,
  dyingAfter,
  losingAnswers,
  openProcess,
  openShared,
  type Process,
  rowsOf,
  type Shared,
} from './parts.ts';

const size = 600_000;

/** A state that tells in every octet which one it is. */
function state(number: number): Uint8Array {
  return new Uint8Array(size).fill(number);
}

/** Which one an account has as a whole; null for none. */
async function numberIn(process: Process, accountId: string): Promise<number | null> {
  const kept = await process.getAccountState(accountId, 'model');
  if (!kept) return null;
  const [number = 0] = kept.octets;
  assert.deepEqual(kept.octets, state(number));
  return number;
}

async function open(t: TestContext): Promise<{ shared: Shared; one: Process; accountId: string } | null> {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  await one.addDomain('example.org');
  const { id } = await one.addAccount({ address: 'ada@example.org' });
  return { shared, one, accountId: id };
}

const tables = ['state_generation', 'state_chunk', 'document'] as const;

/** How many rows there are of each. */
async function countsOf(process: Process): Promise<number[]> {
  const rows = await rowsOf(process, tables);
  return tables.map(table => rows[table]?.length ?? 0);
}

test('a put that is cut short anywhere leaves the state before or the one after, and nothing for long', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, accountId } = opened;
  let version = await one.putAccountState(accountId, 'model', state(1), null);
  for (let writes = 0; ; writes++) {
    const dying = await openProcess(t, shared, { wrap: dyingAfter(writes) });
    const isDone = await dying.putAccountState(accountId, 'model', state(2), version).then(
      () => true,
      () => false,
    );
    const number = await numberIn(one, accountId);
    assert.ok(number === 2 || (number === 1 && !isDone), `${number} behind ${writes} writes`);
    shared.clock.advance(3601);
    version = (await one.getAccountState(accountId, 'model'))?.version ?? 0;
    version = await one.putAccountState(accountId, 'model', state(1), version);
    assert.deepEqual(await countsOf(one), [1, 3, 2], `behind ${writes} writes`);
    if (isDone) break;
  }
});

for (const isApplied of [true, false]) {
  test(`a put whose answer is lost holds, ${isApplied ? 'and was applied' : 'or is made again'}`, async t => {
    const opened = await open(t);
    if (!opened) return;
    const { shared, one, accountId } = opened;
    const losing = () => openProcess(t, shared, { wrap: losingAnswers({ isApplied }) });
    const first = await (await losing()).putAccountState(accountId, 'model', state(1), null);
    const second = await (await losing()).putAccountState(accountId, 'model', state(2), first);
    assert.equal(await numberIn(one, accountId), 2);
    const third = await (await losing()).putAccountState(accountId, 'model', null, second);
    assert.ok(first < second && second < third);
    assert.equal(await numberIn(one, accountId), null);
    assert.deepEqual(await countsOf(one), [0, 0, 1]);
  });
}

test('a put that another comes before is refused and leaves nothing', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, accountId } = opened;
  const version = await one.putAccountState(accountId, 'model', state(1), null);
  let isFirst = true;
  const late = await openProcess(t, shared, {
    wrap: session =>
      beforeClaims(session, async () => {
        if (isFirst) await one.putAccountState(accountId, 'model', state(2), version);
        isFirst = false;
      }),
  });
  const isMismatch = coded('badRequest', 'versionMismatch');
  await assert.rejects(late.putAccountState(accountId, 'model', state(3), version), isMismatch);
  assert.equal(await numberIn(one, accountId), 2);
  assert.deepEqual(await countsOf(one), [1, 3, 2]);
});

test('a state is read as a whole while another takes its place', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, accountId } = opened;
  const version = await one.putAccountState(accountId, 'model', state(1), null);
  let replaced: Promise<number> | null = null;
  const reader = await openProcess(t, shared, {
    wrap: session =>
      before(session, async (_name, cql) => {
        if (!cql.includes('from state_chunk')) return;
        replaced ??= one.putAccountState(accountId, 'model', state(2), version);
        await replaced;
      }),
  });
  assert.equal(await numberIn(reader, accountId), 2);
});

test('of states that come and go at once each has versions that grow', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, accountId } = opened;
  const processes = [one, await openProcess(t, shared)];
  await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (name, index) => {
      const process = processes[index % 2] ?? one;
      let last = 0;
      for (let round = 0; round < 3; round++) {
        const put = await process.putAccountState(accountId, name, new Uint8Array([round]), null);
        const gone = await process.putAccountState(accountId, name, null, put);
        assert.ok(last < put && put < gone, JSON.stringify([name, last, put, gone]));
        last = gone;
      }
    }),
  );
  assert.deepEqual(await countsOf(one), [0, 0, 1]);
});

test('a put while the account is removed leaves nothing of it, whatever comes first', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one } = opened;
  for (const moment of ['into state_generation', 'into state_chunk', 'update document']) {
    const { id } = await one.addAccount({ address: `${moment.length}@example.org` });
    let removal: Promise<void> | null = null;
    const putting = await openProcess(t, shared, {
      wrap: session =>
        before(session, async (_name, cql) => {
          if (!cql.includes(moment)) return;
          removal ??= one.removeAccount(id);
          await removal;
        }),
    });
    await putting.putAccountState(id, 'model', state(1), null).catch(() => undefined);
    assert.ok(removal, moment);
    assert.deepEqual(await countsOf(one), [0, 0, 0], moment);
  }
});
