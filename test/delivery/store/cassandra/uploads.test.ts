import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { coded } from '../../../suites/store/under-test.ts';
import { requireCassandra } from '../../../support/cassandra.ts';
import { dyingAfter, openProcess, openShared, rowsOf } from './parts.ts';

const secret = 'Meet me at the old mill';

async function open(t: TestContext) {
  if ((await requireCassandra(t)) === null) return null;
  const shared = await openShared(t);
  const one = await openProcess(t, shared);
  await one.addDomain('example.org');
  const { id } = await one.addAccount({ address: 'ada@example.org' });
  const put = (octets: Uint8Array): Promise<string> =>
    one.blobs.putBlob(id, { octets, mediaType: 'text/plain' });
  return { shared, clock: shared.clock, one, id, put };
}

test('an upload of many chunks comes back, and lies encrypted', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { one, id, put } = opened;
  const octets = Buffer.from(secret.repeat(70_000));
  const blob = await put(octets);
  assert.ok(Buffer.from((await one.blobs.getUpload(id, blob))?.octets ?? []).equals(octets));
  const { upload_chunk: chunks = [] } = await rowsOf(one, ['upload_chunk']);
  assert.equal(chunks.length, Math.ceil((octets.byteLength + 28) / (256 * 1024)));
  for (const chunk of chunks) {
    const { octets: stored } = chunk as { octets: Buffer };
    assert.ok(stored.byteLength <= 256 * 1024);
    assert.ok(!stored.includes('old mill'));
  }
});

test('an upload that is put again is kept for another day, once', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { clock, one, id, put } = opened;
  const octets = Buffer.from(secret);
  const blob = await put(octets);
  clock.advance(80_000);
  assert.equal(await put(octets), blob);
  clock.advance(80_000);
  assert.ok(await one.blobs.getUpload(id, blob));
  const { upload = [], upload_chunk: chunks = [] } = await rowsOf(one, ['upload', 'upload_chunk']);
  assert.deepEqual([upload.length, chunks.length], [1, 1]);
  assert.equal(await one.blobs.waitingOctets(id), octets.byteLength);
  clock.advance(10_000);
  assert.equal(await one.blobs.getUpload(id, blob), null);
  assert.equal(await one.blobs.waitingOctets(id), 0);
});

test('uploads go when they are dropped, or their day is over at the next one', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { clock, one, id, put } = opened;
  const blobs = [await put(Buffer.from('one')), await put(Buffer.from('two'))];
  await one.blobs.dropUploads(id, [blobs[0] ?? '', 'Unone']);
  assert.equal(await one.blobs.getUpload(id, blobs[0] ?? ''), null);
  assert.equal(await one.blobs.waitingOctets(id), 3);
  clock.advance(86_401);
  await put(Buffer.from('three'));
  const { upload = [], upload_chunk: chunks = [] } = await rowsOf(one, ['upload', 'upload_chunk']);
  assert.deepEqual([upload.length, chunks.length], [1, 1]);
  const [row] = await one.context.session.rows<{ left: number }>(
    'select ttl(created) as left from upload',
    [],
  );
  assert.ok(row && row.left > 172_000 && row.left <= 172_800, 'what nobody drops goes by itself');
});

test('an upload that is cut short is not there, one that is put again stays readable', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { shared, one, id, put } = opened;
  const octets = new Uint8Array(600_000).map((_unused, index) => (index * index) & 255);
  for (let writes = 0; ; writes++) {
    const dying = await openProcess(t, shared, { wrap: dyingAfter(writes) });
    const blob = await dying.blobs.putBlob(id, { octets, mediaType: 'text/plain' }).catch(() => null);
    assert.equal(await one.blobs.waitingOctets(id), blob === null ? 0 : octets.byteLength);
    if (blob !== null) break;
  }
  const blob = await put(octets);
  let isDone = false;
  const reader = await openProcess(t, shared);
  const reading = async (): Promise<void> => {
    while (!isDone) {
      const read = await reader.blobs.getUpload(id, blob);
      assert.ok(read && Buffer.from(read.octets).equals(octets));
    }
  };
  const writing = async (): Promise<void> => {
    try {
      for (let n = 0; n < 5; n++) await put(octets);
    } finally {
      isDone = true;
    }
  };
  await Promise.all([reading(), writing()]);
});

test('uploads count against the quota while they wait', async t => {
  const opened = await open(t);
  if (!opened) return;
  const { one, id, put } = opened;
  await one.updateAccount(id, { quotaOctets: 1000 });
  await put(new Uint8Array(600));
  await put(new Uint8Array(600));
  await assert.rejects(put(new Uint8Array(500)), coded('overQuota'));
  assert.equal(await one.cannotReceive(id, 401), 'overQuota');
  assert.equal(await one.cannotReceive(id, 400), null);
});
