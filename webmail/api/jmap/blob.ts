import * as v from 'valibot';
import { readBlobId } from '../blob-id.ts';
import { scriptBlob } from '../script-blob.ts';
import { idSchema, readArguments } from './arguments.ts';
import type { SetErrorBody } from './errors.ts';
import { MethodError } from './errors.ts';
import { coreLimits } from './limits.ts';
import type { Handler } from './method.ts';
import { mapOrNull } from './standard-set.ts';

const copySchema = v.strictObject({
  fromAccountId: v.string(),
  accountId: v.string(),
  blobIds: v.array(idSchema),
});

/** Blob/copy (RFC 8620 §6.3). A sign-in opens one account: what is there is there, under the same id. */
export const blobCopy: Handler = async (args, context) => {
  const { blobIds, fromAccountId, accountId } = readArguments(copySchema, args);
  if (blobIds.length > coreLimits.maxObjectsInSet) throw new MethodError('requestTooLarge');
  const copied = new Map<string, string>();
  const notCopied = new Map<string, SetErrorBody>();
  for (const blobId of new Set(blobIds)) {
    const name = readBlobId(blobId);
    const blob = name ? await context.store.getBlob(accountId, name.wholeId) : null;
    if (blob || (await scriptBlob(blobId, context.account, context))) copied.set(blobId, blobId);
    else notCopied.set(blobId, { type: 'notFound' });
  }
  return { fromAccountId, accountId, copied: mapOrNull(copied), notCopied: mapOrNull(notCopied) };
};
