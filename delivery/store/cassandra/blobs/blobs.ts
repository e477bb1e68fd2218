import type { Blob } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { requireAccount, toAccount } from '../directory/rows.ts';
import { dropUploads, putUpload, readUpload, waitingOctets } from './uploads.ts';

/** What uploads ask of the rest of the store. */
export interface BlobHooks {
  /** Octets that an account holds: its mail, and uploads that wait for one. */
  heldOctets(accountId: string): Promise<number>;
}

/** Uploads of the contract's blobs, and what deliveries do with them. */
export interface BlobPart {
  /** `Blobs.putBlob`. */
  putBlob(
    accountId: string,
    upload: { readonly octets: Uint8Array; readonly mediaType: string },
  ): Promise<string>;
  /** `Blobs.getBlob` for what is no email's. */
  getUpload(accountId: string, blobId: string): Promise<Blob | null>;
  /** Octets of uploads that wait for an email and are not older than a day. */
  waitingOctets(accountId: string): Promise<number>;
  /** Drops those that an email took over. */
  dropUploads(accountId: string, blobIds: readonly string[]): Promise<void>;
}

/** Uploads and what deliveries ask of them. */
export function blobPart(context: CassandraContext, hooks: BlobHooks): BlobPart {
  const { session } = context;
  return {
    async putBlob(accountId, { octets, mediaType }) {
      const account = toAccount(await requireAccount(session, accountId), context);
      return await putUpload(context, { account, octets, mediaType }, id => hooks.heldOctets(id));
    },
    async getUpload(accountId, blobId) {
      const account = toAccount(await requireAccount(session, accountId), context);
      return blobId.startsWith('U') ? await readUpload(context, account, blobId) : null;
    },
    waitingOctets: accountId => waitingOctets(context, accountId),
    dropUploads: (accountId, blobIds) => dropUploads(context, accountId, blobIds),
  };
}
