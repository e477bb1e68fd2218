import * as v from 'valibot';
import type { Tag } from '../../../delivery/store/store.ts';
import { checkProperties, getEntries, readArguments } from './arguments.ts';
import type { Handler, MethodContext } from './method.ts';
import { changesOf } from './standard-changes.ts';
import { askedIds, gathered, pick } from './standard-get.ts';

/** Properties of a Mailbox (RFC 8621 §2). */
export const mailboxProperties = [
  'id',
  'name',
  'parentId',
  'role',
  'sortOrder',
  'totalEmails',
  'unreadEmails',
  'totalThreads',
  'unreadThreads',
  'myRights',
  'isSubscribed',
] as const;

/** A property of ours: given when it is asked for by name. */
const extraProperties = ['colour'];

const countProperties = ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads'];

const getSchema = v.strictObject(getEntries);

/** MailboxRights (RFC 8621 §2) of the owner: what has a role stays. */
export function rightsOf({ role }: Pick<Tag, 'role'>): Record<string, boolean> {
  return {
    mayReadItems: true,
    mayAddItems: true,
    mayRemoveItems: true,
    maySetSeen: true,
    maySetKeywords: true,
    mayCreateChild: true,
    mayRename: true,
    mayDelete: role === null,
    maySubmit: true,
  };
}

/** A tag as the Mailbox that JMAP knows; all of an account belongs to its owner. */
export function mailboxOf(tag: Tag): Record<string, unknown> & { id: string } {
  return {
    id: tag.id,
    name: tag.name,
    parentId: tag.parentId,
    role: tag.role,
    sortOrder: tag.sortOrder,
    totalEmails: tag.totalEmails,
    unreadEmails: tag.unreadEmails,
    totalThreads: tag.totalThreads,
    unreadThreads: tag.unreadThreads,
    myRights: rightsOf(tag),
    isSubscribed: tag.isSubscribed,
    colour: tag.colour,
  };
}

/** Mailbox/get (RFC 8621 §2.1). */
export const mailboxGet: Handler = async (args, context) => {
  const { ids, properties } = readArguments(getSchema, args);
  checkProperties(
    properties,
    name => mailboxProperties.some(known => known === name) || extraProperties.includes(name),
  );
  // The state comes first: a change in between is then told twice rather than never.
  const state = await context.store.getState(context.account.id, 'Mailbox');
  const all = (await context.store.listTags(context.account.id)).map(mailboxOf);
  const wanted = ids === null ? all.map(mailbox => mailbox.id) : askedIds(ids, context);
  const { list, notFound } = gathered(wanted, all);
  return {
    accountId: context.account.id,
    state,
    list: list.map(mailbox => pick(mailbox, properties ?? mailboxProperties)),
    notFound,
  };
};

/** Mailbox/changes (RFC 8621 §2.2). */
export const mailboxChanges: Handler = async (args, context) => {
  const { response, changes } = await changesOf('Mailbox', args, context);
  return { ...response, updatedProperties: changes.onlyCounts ? countProperties : null };
};

/** Tag ids by id; what the other methods check mailbox ids against. */
export async function tagsById(context: MethodContext): Promise<Map<string, Tag>> {
  const tags = await context.store.listTags(context.account.id);
  return new Map(tags.map(tag => [tag.id, tag]));
}
