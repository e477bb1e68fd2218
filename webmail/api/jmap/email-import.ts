import * as v from 'valibot';
import { readableBlob } from '../readable-blob.ts';
import { idSchema, objectSchema, readArguments, recordsSchema, utcDateSchema } from './arguments.ts';
import { readKeyword, readMailboxId, readSet } from './email-changes.ts';
import { invalidProperties, MethodError, SetError, type SetErrorBody } from './errors.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { type CreatedEmail, storeGiven } from './new-email.ts';
import { beginSet, mapOrNull, tryRecord } from './standard-set.ts';

const importSchema = v.strictObject({
  accountId: v.string(),
  ifInState: v.optional(v.nullable(v.string()), null),
  emails: recordsSchema,
});

const emailSchema = v.strictObject({
  blobId: idSchema,
  mailboxIds: objectSchema,
  keywords: v.optional(v.nullable(objectSchema), null),
  receivedAt: v.optional(v.nullable(utcDateSchema), null),
});

/** Email/import (RFC 8621 §4.8). */
export const emailImport: Handler = async (args, context) => {
  const { emails, ifInState } = readArguments(importSchema, args);
  const oldState = await beginSet('Email', { ifInState, create: emails }, context);
  const created = new Map<string, CreatedEmail>();
  const notCreated = new Map<string, SetErrorBody>();
  for (const [key, email] of Object.entries(emails)) {
    await tryRecord(key, notCreated, async () => {
      const made = await importOne(email, context);
      context.createdIds.set(key, made.id);
      created.set(key, made);
    });
  }
  return {
    accountId: context.account.id,
    oldState,
    newState: await context.store.getState(context.account.id, 'Email'),
    created: mapOrNull(created),
    notCreated: mapOrNull(notCreated),
  };
};

async function importOne(given: Record<string, unknown>, context: MethodContext): Promise<CreatedEmail> {
  const result = v.safeParse(emailSchema, given);
  if (!result.success) {
    throw invalidProperties([...new Set(result.issues.map(issue => String(issue.path?.[0]?.key ?? '')))]);
  }
  const { blobId, mailboxIds, keywords, receivedAt } = result.output;
  const tags = readSet('mailboxIds', mailboxIds, id => readMailboxId(id, context));
  const resolvedId = resolveId(blobId, context) ?? blobId;
  const blob = await readableBlob(resolvedId, context);
  if (!blob) throw invalidProperties(['blobId'], 'there is no such blob');
  if (blob.octets.byteLength > context.config['smtp.maxSizeOctets']) throw new SetError('tooLarge');
  return storeGiven(
    {
      octets: blob.octets,
      mailboxIds: tags,
      keywords: readSet('keywords', keywords ?? {}, readKeyword),
      receivedAt,
      isImport: true,
      blobIds: [resolvedId],
    },
    context,
  );
}

const copySchema = v.strictObject({
  fromAccountId: v.string(),
  ifFromInState: v.optional(v.nullable(v.string()), null),
  accountId: v.string(),
  ifInState: v.optional(v.nullable(v.string()), null),
  create: recordsSchema,
  onSuccessDestroyOriginal: v.optional(v.nullable(v.boolean()), false),
  destroyFromIfInState: v.optional(v.nullable(v.string()), null),
});

/**
 * Email/copy (RFC 8621 §4.7) goes between two accounts of one sign-in, which must differ (RFC 8620 §5.4). A sign-in
 * opens one account, so any other is not found, and that one can't be both ends.
 */
export const emailCopy: Handler = async args => {
  readArguments(copySchema, args);
  throw new MethodError('invalidArguments', 'fromAccountId and accountId must be different accounts', {
    arguments: ['fromAccountId', 'accountId'],
  });
};
