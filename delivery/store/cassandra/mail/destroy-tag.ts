import { DeliveryError } from '../../../errors.ts';
import { grouped } from '../directory/at-once.ts';
import { type ChangeParts, changeEmails } from './change.ts';
import { destroyRows } from './destroy.ts';
import type { ReadParts } from './reads.ts';
import type { LightRow } from './row.ts';

/** Emails looked at once more, directly before they go. */
const atOnce = 25;

interface Removal extends ReadParts {
  readonly change: ChangeParts;
}

/**
 * `Mail.destroyTag`. Emails that have no other tag go with it (RFC 8621 §2.5, onDestroyRemoveEmails). What another
 * process puts under the tag while it goes is kept: it moves to the inbox.
 */
export async function destroyTag(
  parts: Removal,
  accountId: string,
  { id, isForced }: { readonly id: string; readonly isForced: boolean },
): Promise<void> {
  const tag = await parts.tags.requireRemovable(accountId, id);
  if (isForced) await empty(parts, accountId, { id, isGone: false });
  if ((await idsUnder(parts, accountId, id)).length > 0)
    throw new DeliveryError('badRequest', 'the tag has emails', { fields: { field: 'mailboxHasEmail' } });
  await parts.tags.remove(accountId, tag);
  await empty(parts, accountId, { id, isGone: true });
}

/** Ids alone are held: a tag can have very many emails. */
async function idsUnder({ walks }: ReadParts, accountId: string, id: string): Promise<string[]> {
  const wanted = { accountId, filter: { tag: id }, ascending: false, threads: new Map() };
  const ids: string[] = [];
  for await (const rows of walks.find(wanted)) ids.push(...rows.map(row => row.id));
  return ids;
}

async function empty(
  parts: Removal,
  accountId: string,
  { id, isGone }: { readonly id: string; readonly isGone: boolean },
): Promise<void> {
  for (const ids of grouped(await idsUnder(parts, accountId, id), atOnce)) {
    // As they are now: their owner may have rescued some.
    const found = await parts.emails.find(accountId, ids, { isForChange: true });
    const rows = [...found.values()].filter(({ tagIds }) => tagIds.includes(id));
    const alone = rows.filter(({ tagIds }) => tagIds.length === 1);
    if (!isGone) await destroyRows(parts.change, accountId, alone);
    await untag(parts, accountId, { id, rows: isGone ? rows : rows.filter(row => !alone.includes(row)) });
  }
}

async function untag(
  { change }: Removal,
  accountId: string,
  { id, rows }: { readonly id: string; readonly rows: readonly LightRow[] },
): Promise<void> {
  const changes = rows.map(({ id: emailId, tagIds }) => ({
    emailId,
    tags: { remove: [id], ...(tagIds.length === 1 ? { add: ['inbox'] } : {}) },
  }));
  if (changes.length > 0) await changeEmails(change, accountId, changes);
}
