import * as v from 'valibot';
import { levels } from '../../../delivery/privacy/shape.ts';
import type { DiscussionRequest } from '../../../delivery/store/store.ts';
import { idSchema, integerSchema, readArguments, unsignedSchema } from './arguments.ts';
import { MethodError } from './errors.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';

const optional = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema), null);

const filterSchema = v.strictObject({
  inMailbox: optional(idSchema),
  tag: optional(idSchema),
  isUnread: optional(v.boolean()),
  level: optional(v.picklist(levels)),
  minImportance: optional(v.pipe(integerSchema, v.minValue(-10), v.maxValue(10))),
  contactId: optional(idSchema),
});

const querySchema = v.strictObject({
  accountId: v.string(),
  filter: optional(filterSchema),
  after: optional(v.string()),
  position: optional(unsignedSchema),
  anchor: optional(idSchema),
  anchorOffset: optional(integerSchema),
  limit: optional(unsignedSchema),
  calculateTotal: optional(v.boolean()),
});

type Query = v.InferOutput<typeof querySchema>;

const maxDiscussions = 256;

/** Discussion/query: newest first, from a cursor, a position, or the place of a message on. */
export const discussionQuery: Handler = async (args, context) => {
  const query = readArguments(querySchema, args);
  if (query.after !== null && (query.position !== null || query.anchor !== null))
    throw new MethodError('invalidArguments', 'after stands alone', { arguments: ['after'] });
  const queryState = await context.store.getState(context.account.id, 'Email');
  const page = await context.store.listDiscussions(context.account.id, {
    ...(await filterOf(query, context)),
    after: query.after,
    anchor: query.anchor,
    skip: (query.anchor === null ? query.position : query.anchorOffset) ?? 0,
    limit: Math.min(Math.max(query.limit ?? 50, 1), maxDiscussions),
    calculateTotal: query.calculateTotal === true,
  });
  return {
    accountId: context.account.id,
    queryState,
    canCalculateChanges: false,
    ids: page.items.map(item => item.key),
    lastEmailIds: page.items.map(item => item.lastEmailId),
    next: page.next,
    position: page.position,
    ...(query.calculateTotal ? { total: page.total } : {}),
  };
};

/** Participants looked for at most: a contact has fewer addresses. */
const maxParticipants = 500;

async function filterOf({ filter }: Query, context: MethodContext): Promise<DiscussionRequest> {
  const tagIds = [filter?.inMailbox, filter?.tag].flatMap(id => (id ? (resolveId(id, context) ?? id) : []));
  const contactId = filter?.contactId ?? null;
  return {
    ...(tagIds.length > 0 ? { tagIds: [...new Set(tagIds)] } : {}),
    ...(filter?.isUnread ? { unreadOnly: true } : {}),
    ...(filter?.level ? { level: filter.level } : {}),
    ...(filter?.minImportance == null ? {} : { minImportance: filter.minImportance }),
    ...(contactId === null ? {} : { participants: await addressesOf(contactId, context) }),
  };
}

/** None for a contact that isn't there: it takes part in nothing. */
async function addressesOf(contactId: string, { store, account }: MethodContext): Promise<readonly string[]> {
  const contact = await store.getContact(account.id, contactId);
  return (contact?.addresses ?? []).slice(0, maxParticipants);
}
