import { DeliveryError } from '../../../errors.ts';
import { keyedHash } from '../../../keyed-hash.ts';
import { pack, unpack } from '../../packing.ts';
import { isWithinQuota, uploadMilliseconds } from '../../quota.ts';
import { decryptUpload, encryptUpload } from '../../upload-cipher.ts';
import type { Database } from '../database.ts';
import { rowId } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';
import { Ledger } from './ledger.ts';

/** An upload as a caller gives it. */
export interface NewUpload {
  readonly octets: Uint8Array;
  readonly mediaType: string;
  readonly size: number;
}

/** An upload, compressed; the unkeyed hash never leaves the writer's thread. */
export interface PreparedUpload {
  readonly mediaType: string;
  readonly size: number;
  readonly digestOf: (hashKey: Uint8Array) => string;
  readonly packing: number;
  readonly octets: Uint8Array;
}

export function prepareUpload({ octets, mediaType, size }: NewUpload): PreparedUpload {
  const packed = pack(octets);
  return {
    mediaType,
    size,
    digestOf: hashKey => keyedHash(hashKey).update('blob:').update(octets).digest('base64url'),
    packing: packed.isCompressed ? 1 : 0,
    octets: packed.octets,
  };
}

/** `Blobs.putBlob`: the same octets again are kept once, for another day. */
export function putUpload(context: WriteContext, accountId: string, upload: PreparedUpload): string {
  const { database, now } = context;
  const ledger = new Ledger(context, accountId);
  const blob = `U${upload.digestOf(ledger.hashKey)}`;
  sweepUploads(context, ledger, upload.size);
  const known = database.run(
    'update upload set created = ?, media_type = ? where account = ? and blob = ?',
    now,
    upload.mediaType,
    ledger.number,
    blob,
  );
  if (known === 0) {
    if (!isWithinQuota(ledger.account.quota, ledger.state, upload.size)) {
      throw new DeliveryError('overQuota', 'over quota', { fields: { accountId } });
    }
    database.run(
      `insert into upload(id, account, blob, media_type, created, size, packing, octets)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      rowId(ledger.number, ledger.next()),
      ledger.number,
      blob,
      upload.mediaType,
      now,
      upload.size,
      upload.packing,
      encryptUpload(upload.octets, ledger.hashKey),
    );
    ledger.state.uploaded += upload.size;
  }
  ledger.close();
  return blob;
}

/** Uploads dropped in one transaction, where no more are needed to make room. */
const sweptAtOnce = 10;

/** Drops uploads whose day is over: some at each call, and more while there is no room for `sizeOctets`. */
export function sweepUploads(
  { database, now }: WriteContext,
  { account, number, state }: Ledger,
  sizeOctets: number,
): void {
  while (state.uploaded > 0) {
    const old = database.all<{ id: number; size: number }>(
      `select id, size from upload where account = ? and created < ? limit ${sweptAtOnce}`,
      number,
      now - uploadMilliseconds,
    );
    for (const { id, size } of old) {
      database.run('delete from upload where id = ?', id);
      state.uploaded -= size;
    }
    if (old.length < sweptAtOnce || isWithinQuota(account.quota, state, sizeOctets)) return;
  }
}

/** Drops these uploads of the account, if they are there; whether any was. */
export function dropUploads(
  { database }: WriteContext,
  { number, state }: Ledger,
  blobIds: readonly string[],
): boolean {
  let isDropped = false;
  for (const blobId of blobIds) {
    const upload = database.get<{ id: number; size: number }>(
      'select id, size from upload where account = ? and blob = ?',
      number,
      blobId,
    );
    if (!upload) continue;
    database.run('delete from upload where id = ?', upload.id);
    state.uploaded -= upload.size;
    isDropped = true;
  }
  return isDropped;
}

/** Drops some uploads of any account whose day is over; true when more may be left. */
export function sweepShard({ database, now }: WriteContext): boolean {
  const old = database.all<{ id: number; account: number; size: number }>(
    `select id, account, size from upload where created < ? limit ${sweptAtOnce}`,
    now - uploadMilliseconds,
  );
  for (const { id, account, size } of old) {
    database.run('delete from upload where id = ?', id);
    database.run('update account set uploaded = uploaded - ? where number = ?', size, account);
  }
  return old.length === sweptAtOnce;
}

/** An upload's row with what is in it, still encrypted. */
interface UploadRecord {
  readonly packing: number;
  readonly octets: Uint8Array;
  readonly media_type: string;
}

/** An upload that is younger than a day. */
export function readUpload(
  { database, now }: { readonly database: Database; readonly now: number },
  { number, hashKey }: { readonly number: number; readonly hashKey: Uint8Array },
  blobId: string,
): { octets: Uint8Array; mediaType: string } | null {
  const upload = database.get<UploadRecord>(
    'select packing, octets, media_type from upload where account = ? and blob = ? and created >= ?',
    number,
    blobId,
    now - uploadMilliseconds,
  );
  if (!upload) return null;
  const octets = unpack(decryptUpload(upload.octets, hashKey), upload.packing === 1);
  return { octets, mediaType: upload.media_type };
}
