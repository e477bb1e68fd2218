import { DeliveryError } from '../../../errors.ts';
import { newId } from '../../ids.ts';
import type { Tag } from '../../store.ts';
import { maxTagDepth, maxTags, requireTagName, type TagChange } from '../../system-tags.ts';
import type { Database } from '../database.ts';
import type { WriteContext } from '../threads/context.ts';
import { destroyOne } from './change.ts';
import { type EmailRecord, idOf, readTags, writeTags } from './email-rows.ts';
import { Ledger } from './ledger.ts';
import { type TagRecord, toTag } from './reads.ts';
import { countStanding } from './thread.ts';

/** Makes the account's state row and system tags where they are missing. */
export function ensureAccounts(context: WriteContext, accountIds: readonly string[]): void {
  for (const id of accountIds) new Ledger(context, id);
}

/** `Mail.putTag`: makes a tag, or with an id changes one. */
export function putTag(context: WriteContext, accountId: string, change: TagChange): Tag {
  const { database } = context;
  const ledger = new Ledger(context, accountId);
  const known = change.id === undefined ? undefined : requireTag(database, ledger.number, change.id);
  if ((change.role ?? null) !== (known?.role ?? null) && change.role !== undefined) {
    throw new DeliveryError('badRequest', 'roles belong to the system tags', { fields: { field: 'role' } });
  }
  const sequence = ledger.next();
  const number = known?.number ?? ledger.state.next_tag++;
  const merged = mergeTag(database, ledger.number, change, known);
  requireFreeName(database, ledger.number, { number, ...merged });
  if (known) updateTag(database, ledger.number, { number, sequence, ...merged });
  else insertTag(context, ledger.number, { number, sequence, ...merged });
  ledger.touch('Mailbox', sequence);
  ledger.close();
  return readTag(database, ledger.number, number);
}

interface TagValues {
  readonly name: string;
  readonly parent: number;
  readonly sortOrder: number;
  readonly colour: string | null;
  readonly subscribed: number;
}

function mergeTag(
  database: Database,
  account: number,
  change: TagChange,
  known: TagRecord | undefined,
): TagValues {
  const name = requireTagName(change.name ?? known?.name ?? '');
  const parent =
    change.parentId === undefined ? (known?.parent ?? 0) : parentNumber(database, account, change.parentId);
  requireNoLoop(database, account, parent, known?.number);
  return {
    name,
    parent,
    sortOrder: change.sortOrder ?? known?.sort_order ?? 10,
    colour: change.colour === undefined ? (known?.colour ?? null) : change.colour,
    subscribed: (change.isSubscribed ?? known?.subscribed !== 0) ? 1 : 0,
  };
}

function requireTag(database: Database, account: number, id: string): TagRecord {
  const record = database.get<TagRecord>('select * from tag where account = ? and id = ?', account, id);
  if (!record) throw new DeliveryError('notFound', 'no such tag', { fields: { tagId: id } });
  return record;
}

function parentNumber(database: Database, account: number, parentId: string | null): number {
  return parentId === null ? 0 : requireTag(database, account, parentId).number;
}

/** Walks up from the wanted parent: it must end within the depth and not at the tag itself. */
function requireNoLoop(database: Database, account: number, parent: number, self: number | undefined): void {
  let above = parent;
  for (let depth = 1; above !== 0; depth++) {
    if (above === self || depth >= maxTagDepth) {
      throw new DeliveryError('badRequest', 'tags would loop or nest too deep', {
        fields: { field: 'parentId' },
      });
    }
    above =
      database.get<{ parent: number }>(
        'select parent from tag where account = ? and number = ?',
        account,
        above,
      )?.parent ?? 0;
  }
}

function requireFreeName(
  database: Database,
  account: number,
  tag: { number: number; name: string; parent: number },
): void {
  const other = database.get<{ number: number; id: string }>(
    'select number, id from tag where account = ? and parent = ? and name = ?',
    account,
    tag.parent,
    tag.name,
  );
  if (other && other.number !== tag.number) {
    throw new DeliveryError('alreadyExists', 'a tag has this name', { fields: { tagId: other.id } });
  }
}

function insertTag(
  { database, now }: WriteContext,
  account: number,
  tag: TagValues & { number: number; sequence: number },
): void {
  const held = database.get<{ held: number }>('select count(*) held from tag where account = ?', account);
  if ((held?.held ?? 0) >= maxTags) throw new DeliveryError('badRequest', `at most ${maxTags} tags`);
  database.run(
    `insert into tag(account, number, id, name, role, parent, sort_order, colour, subscribed, created_seq,
       properties_seq, counts_seq) values (?, ?, ?, ?, null, ?, ?, ?, ?, ?, ?, ?)`,
    account,
    tag.number,
    newId('T', now),
    tag.name,
    tag.parent,
    tag.sortOrder,
    tag.colour,
    tag.subscribed,
    tag.sequence,
    tag.sequence,
    tag.sequence,
  );
}

function updateTag(
  database: Database,
  account: number,
  tag: TagValues & { number: number; sequence: number },
): void {
  database.run(
    `update tag set name = ?, parent = ?, sort_order = ?, colour = ?, subscribed = ?, properties_seq = ?
     where account = ? and number = ?`,
    tag.name,
    tag.parent,
    tag.sortOrder,
    tag.colour,
    tag.subscribed,
    tag.sequence,
    account,
    tag.number,
  );
}

function readTag(database: Database, account: number, number: number): Tag {
  const record = database.get<TagRecord>(
    'select * from tag where account = ? and number = ?',
    account,
    number,
  );
  if (!record) throw new DeliveryError('internal', 'a tag just written is not there');
  const parent = database.get<{ id: string }>(
    'select id from tag where account = ? and number = ?',
    account,
    record.parent,
  );
  return toTag(record, parent?.id ?? null);
}

/** Emails taken out of a tag in one transaction. */
const emptyAtOnce = 500;

/**
 * Takes the tag off up to 500 emails, and destroys those that have no other (RFC 8621 §2.5, onDestroyRemoveEmails).
 * True when some are left.
 */
export function emptyTag(context: WriteContext, accountId: string, id: string): boolean {
  const { database } = context;
  const ledger = new Ledger(context, accountId);
  const tag = requireRemovable(database, ledger.number, id);
  const records = database.all<EmailRecord>(
    `select e.* from email_tag t join email e on e.account = t.account and e.place = t.place
     where t.account = ? and t.tag = ? limit ${emptyAtOnce}`,
    ledger.number,
    tag.number,
  );
  for (const record of records) {
    if (readTags(record.tags).length === 1) destroyOne(context, ledger, record);
    else untag(database, ledger, record, tag.number);
  }
  ledger.close();
  return records.length === emptyAtOnce;
}

function untag(database: Database, ledger: Ledger, record: EmailRecord, tag: number): void {
  const before = readTags(record.tags);
  const tags = before.filter(number => number !== tag);
  const { account, place, thread } = record;
  database.run('update email set tags = ? where account = ? and place = ?', writeTags(tags), account, place);
  database.run('delete from email_tag where account = ? and tag = ? and place = ?', account, tag, place);
  const unread = record.unread === 1;
  countStanding(database, ledger, { thread, before: { tags: before, unread }, after: { tags, unread } });
  ledger.log({ type: 'Email', kind: 'updated', object: idOf(record) });
}

function requireRemovable(database: Database, account: number, id: string): TagRecord {
  const tag = requireTag(database, account, id);
  if (tag.role !== null)
    throw new DeliveryError('forbidden', 'a system tag stays', { fields: { tagId: id } });
  if (database.get('select 1 from tag where account = ? and parent = ? limit 1', account, tag.number)) {
    throw new DeliveryError('badRequest', 'the tag has tags below it', {
      fields: { field: 'mailboxHasChild' },
    });
  }
  return tag;
}

/** `Mail.destroyTag` of a tag without emails. */
export function removeTag(context: WriteContext, accountId: string, id: string): void {
  const { database } = context;
  const ledger = new Ledger(context, accountId);
  const tag = requireRemovable(database, ledger.number, id);
  if (tag.emails > 0) {
    throw new DeliveryError('badRequest', 'the tag has emails', { fields: { field: 'mailboxHasEmail' } });
  }
  const sequence = ledger.next();
  const created = database.get<{ created_seq: number }>(
    'select created_seq from tag where account = ? and number = ?',
    ledger.number,
    tag.number,
  );
  database.run(
    'insert into tag_gone(account, seq, id, created_seq) values (?, ?, ?, ?)',
    ledger.number,
    sequence,
    id,
    created?.created_seq ?? 0,
  );
  database.run('delete from tag where account = ? and number = ?', ledger.number, tag.number);
  ledger.touch('Mailbox', sequence);
  ledger.close();
}
