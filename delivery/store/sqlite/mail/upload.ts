import { createHmac } from 'node:crypto';
import { DeliveryError } from '../../../errors.ts';
import { rowId } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';
import { Ledger } from './ledger.ts';
import { pack } from './packing.ts';
import { isWithinQuota, uploadMilliseconds } from './quota.ts';

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
    digestOf: hashKey => createHmac('sha256', hashKey).update('blob:').update(octets).digest('base64url'),
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
      upload.octets,
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
