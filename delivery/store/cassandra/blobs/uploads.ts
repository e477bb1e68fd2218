import { DeliveryError } from '../../../errors.ts';
import { keyedHash } from '../../../keyed-hash.ts';
import { randomText } from '../../ids.ts';
import { pack, unpack } from '../../packing.ts';
import { isWithinQuota, uploadMilliseconds } from '../../quota.ts';
import type { Account, Blob } from '../../store.ts';
import { decryptUpload, encryptUpload } from '../../upload-cipher.ts';
import type { CassandraContext } from '../context.ts';
import { mapAtOnce } from '../directory/at-once.ts';
import { forEver } from '../directory/making-end.ts';
import { putRow } from '../personal/put-row.ts';
import type { Session } from '../session.ts';
import { chunkCount, dropChunks, readChunks, writeChunks } from './chunks.ts';

/** A row of `upload`; it names chunks that are all there. Rows and chunks go by themselves after two days. */
interface UploadRecord {
  readonly blob: string;
  readonly media_type: string;
  readonly created: Date;
  /** Octets of the upload itself. */
  readonly size: number;
  readonly packing: number;
  readonly chunks: number;
  readonly generation: string;
  readonly written: bigint;
}

const uploadColumns =
  'blob, media_type, created, size, packing, chunks, generation, writetime(created) as written' as const;

/** What of an account is needed here. */
export type Uploader = Pick<Account, 'id' | 'hashKey' | 'quotaOctets'>;

/** What comes compressed, or is too big to be compressed in passing, stays as it is. */
const maxPacked = 1024 * 1024;

/** `Blobs.putBlob`: the same octets again are kept once, for another day. `heldOctets` counts uploads, too. */
export async function putUpload(
  context: CassandraContext,
  { account, octets, mediaType }: { account: Uploader; octets: Uint8Array; mediaType: string },
  heldOctets: (accountId: string) => Promise<number>,
): Promise<string> {
  const { session, clock } = context;
  const blob = `U${keyedHash(account.hashKey).update('blob:').update(octets).digest('base64url')}`;
  const uploads = await sweepUploads(context, account.id);
  const known = uploads.find(upload => upload.blob === blob);
  if (!known) await requireRoom(account, octets.byteLength, heldOctets);
  const packed = octets.byteLength <= maxPacked ? pack(octets) : { octets, isCompressed: false };
  const sealed = encryptUpload(packed.octets, account.hashKey);
  const record: UploadRecord = {
    blob,
    media_type: mediaType,
    created: clock.now(),
    size: octets.byteLength,
    packing: packed.isCompressed ? 1 : 0,
    chunks: chunkCount(sealed.byteLength),
    generation: randomText(12),
    written: 0n,
  };
  await writeChunks(sealed, (number, chunk) =>
    session.run(
      'insert into upload_chunk (account, blob, generation, number, octets) values (?, ?, ?, ?, ?)',
      [account.id, blob, record.generation, number, chunk],
    ),
  );
  await putRecord(session, account.id, record);
  if (known) await dropOctets(session, account.id, known);
  return blob;
}

async function requireRoom(
  { id, quotaOctets }: Uploader,
  sizeOctets: number,
  heldOctets: (accountId: string) => Promise<number>,
): Promise<void> {
  if (quotaOctets === null) return;
  const held = { used: await heldOctets(id), uploaded: 0 };
  if (isWithinQuota(quotaOctets, held, sizeOctets)) return;
  throw new DeliveryError('overQuota', 'over quota', { fields: { accountId: id } });
}

async function putRecord(session: Session, accountId: string, record: UploadRecord): Promise<void> {
  const { blob, media_type, created, size, packing, chunks, generation } = record;
  const insert = {
    cql: `insert into upload (account, blob, media_type, created, size, packing, chunks, generation)
      values (?, ?, ?, ?, ?, ?, ?, ?)`,
    values: [accountId, blob, media_type, created, size, packing, chunks, generation],
  };
  await putRow(session, [insert], async () => {
    const known = await findUpload(session, accountId, blob);
    return known && [known.written];
  });
}

async function findUpload(
  session: Session,
  accountId: string,
  blob: string,
): Promise<UploadRecord | undefined> {
  const cql = `select ${uploadColumns} from upload where account = ? and blob = ?`;
  return await session.row<UploadRecord>(cql, [accountId, blob]);
}

async function uploadsOf(session: Session, accountId: string): Promise<UploadRecord[]> {
  const cql = `select ${uploadColumns} from upload where account = ?`;
  return await session.rows<UploadRecord>(cql, [accountId]);
}

function isOver({ created }: UploadRecord, now: Date): boolean {
  return created.getTime() < now.getTime() - uploadMilliseconds;
}

/** An upload that is younger than a day; null when there is none. Throws `storeUnavailable` when it is damaged. */
export async function readUpload(
  { session, clock }: CassandraContext,
  account: Pick<Account, 'id' | 'hashKey'>,
  blobId: string,
): Promise<Blob | null> {
  // It may be uploaded again, or dropped, while its chunks are read.
  for (let previous: UploadRecord | undefined; ; ) {
    const record = await findUpload(session, account.id, blobId);
    if (!record || isOver(record, clock.now())) return null;
    const sealed = await readChunks(record.chunks, number =>
      readChunk(session, account.id, { record, number }),
    );
    if (sealed) {
      const octets = unpack(decryptUpload(sealed, account.hashKey), record.packing === 1);
      return { id: blobId, octets, mediaType: record.media_type };
    }
    if (previous?.generation === record.generation)
      throw new DeliveryError('storeUnavailable', 'octets of an upload are missing');
    previous = record;
  }
}

async function readChunk(
  session: Session,
  accountId: string,
  { record, number }: { readonly record: UploadRecord; readonly number: number },
): Promise<Uint8Array | undefined> {
  const row = await session.row<{ octets: Uint8Array }>(
    'select octets from upload_chunk where account = ? and blob = ? and generation = ? and number = ?',
    [accountId, record.blob, record.generation, number],
  );
  return row?.octets;
}

/** Octets of the account's uploads that wait for an email and are not older than a day. */
export async function waitingOctets(
  { session, clock }: CassandraContext,
  accountId: string,
): Promise<number> {
  const now = clock.now();
  const uploads = await uploadsOf(session, accountId);
  return uploads.reduce((sum, upload) => (isOver(upload, now) ? sum : sum + upload.size), 0);
}

/** Drops the account's uploads whose day is over; gives the others. */
export async function sweepUploads(
  { session, clock }: CassandraContext,
  accountId: string,
): Promise<UploadRecord[]> {
  const now = clock.now();
  const uploads = await uploadsOf(session, accountId);
  const over = uploads.filter(upload => isOver(upload, now));
  await mapAtOnce(over, 4, upload => drop(session, accountId, upload));
  return uploads.filter(upload => !isOver(upload, now));
}

/** Drops these uploads of the account, if they are there. */
export async function dropUploads(
  { session }: CassandraContext,
  accountId: string,
  blobIds: readonly string[],
): Promise<void> {
  await mapAtOnce([...new Set(blobIds)], 4, async blob => {
    const upload = await findUpload(session, accountId, blob);
    if (upload) await drop(session, accountId, upload);
  });
}

async function drop(session: Session, accountId: string, upload: UploadRecord): Promise<void> {
  const cql = 'delete from upload where account = ? and blob = ?';
  // What was seen, and nothing later: it may be uploaded again at this moment.
  await session.run(cql, [accountId, upload.blob], upload.written);
  await dropOctets(session, accountId, upload);
}

async function dropOctets(session: Session, accountId: string, upload: UploadRecord): Promise<void> {
  const { blob, chunks, generation } = upload;
  const cql = 'delete from upload_chunk where account = ? and blob = ? and generation = ? and number = ?';
  await dropChunks(chunks, number =>
    session.run(cql, [accountId, blob, generation, number], forEver(session)),
  );
}

/** Erases all uploads of an account. */
export async function eraseUploads(session: Session, accountId: string): Promise<void> {
  for (const upload of await uploadsOf(session, accountId)) await dropOctets(session, accountId, upload);
  await session.run('delete from upload where account = ?', [accountId], forEver(session));
}
