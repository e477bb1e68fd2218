import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { before, dyingAfter, openProcess, openShared, type Process, rowsOf } from './parts.ts';

const size = 900_000;

/** A version of a document that tells in every octet which one it is. */
function version(number: number): Uint8Array {
  return new Uint8Array(size + number).fill(number);
}

/** Which version these octets are; null when they are none as a whole. */
function numberOf(octets: Uint8Array | null): number | null {
  const [number = 0] = octets ?? [];
  return octets && Buffer.from(octets).equals(version(number)) ? number : null;
}

async function octetsOf(process: Process): Promise<Uint8Array | null> {
  return (await process.getInstanceState('model'))?.octets ?? null;
}

test('a document that is replaced while it is read is one version, never a mix', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const [writer, other, ...readers] = await Promise.all([1, 2, 3, 4].map(() => openProcess(t, shared)));
  assert.ok(writer && other);
  await writer.putInstanceState('model', version(1));
  let isDone = false;
  const seen = new Set<number>();
  const reading = readers.map(async reader => {
    while (!isDone) {
      const number = numberOf(await octetsOf(reader));
      assert.ok(number !== null, 'no version as a whole');
      seen.add(number);
    }
  });
  const writing = async (process: typeof writer, numbers: readonly number[]): Promise<void> => {
    for (const number of numbers) await process.putInstanceState('model', version(number));
  };
  try {
    await Promise.all([writing(writer, [2, 3, 4, 5, 6, 7]), writing(other, [12, 13, 14, 15, 16, 17])]);
  } finally {
    isDone = true;
  }
  await Promise.all(reading);
  assert.ok(seen.size > 1, 'readers saw several versions');
});

test('when chunks go while they are read the version that took their place is read', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  await one.putInstanceState('model', version(1));
  let replaced: Promise<number> | null = null;
  const reader = await openProcess(t, shared, {
    wrap: session =>
      before(session, async (_name, cql) => {
        if (!cql.includes('from state_chunk')) return;
        replaced ??= one.putInstanceState('model', version(2));
        await replaced;
      }),
  });
  assert.equal(numberOf(await octetsOf(reader)), 2);
});

test('a version that replaced another by a clock behind is the one that holds; nothing is left of others', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const ahead = await openProcess(t, shared, { aheadSeconds: 5 });
  const behind = await openProcess(t, shared, { aheadSeconds: -5 });
  for (const number of [1, 2, 3]) {
    await ahead.putInstanceState('model', version(number));
    await behind.putInstanceState('model', version(number + 10));
    assert.equal(numberOf(await octetsOf(ahead)), number + 10);
  }
  const { state_chunk: chunks, state_generation: generations } = await rowsOf(behind, [
    'state_chunk',
    'state_generation',
  ]);
  assert.deepEqual([chunks?.length, generations?.length], [4, 1]);
});

test('a version whose writing was cut short never holds, and goes later', async t => {
  if ((await requireCassandra(t)) === null) return;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  await one.putInstanceState('model', version(1));
  const dying = await openProcess(t, shared, { wrap: dyingAfter(3) });
  await assert.rejects(dying.putInstanceState('model', version(2)), coded('storeUnavailable'));
  assert.equal(numberOf(await octetsOf(one)), 1);
  shared.clock.advance(3601);
  await one.putInstanceState('model', version(3));
  const { state_chunk: chunks, state_generation: generations } = await rowsOf(one, [
    'state_chunk',
    'state_generation',
  ]);
  assert.deepEqual([chunks?.length, generations?.length], [4, 1]);
});

test('a document of more than 64 MiB is refused, an empty one kept', async t => {
  if ((await requireCassandra(t)) === null) return;
  const one = await openProcess(t, await openShared(t));
  const tooBig = new Uint8Array(64 * 1024 * 1024 + 1);
  await assert.rejects(one.putInstanceState('model', tooBig), coded('badRequest'));
  await one.putInstanceState('model', new Uint8Array(0));
  assert.deepEqual(await octetsOf(one), new Uint8Array(0));
});
