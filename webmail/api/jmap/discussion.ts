import * as v from 'valibot';
import type { Contact, Discussion as StoredDiscussion } from '../../../delivery/store/store.ts';
import type { Discussion, Participant } from '../../wire.ts';
import { checkProperties, getEntries, readArguments } from './arguments.ts';
import { MethodError } from './errors.ts';
import type { Handler, MethodContext } from './method.ts';
import { askedIds, gathered, pick } from './standard-get.ts';

const properties = [
  'id',
  'participants',
  'lastEmailId',
  'lastReceivedAt',
  'totalEmails',
  'unreadEmails',
  'level',
];

const getSchema = v.strictObject(getEntries);

/** Discussion/get: messages grouped by who takes part. The state is that of Email. */
export const discussionGet: Handler = async (args, context) => {
  const { ids, properties: wanted } = readArguments(getSchema, args);
  checkProperties(wanted, name => properties.includes(name));
  if (ids === null) throw new MethodError('requestTooLarge', 'ids must be given');
  const asked = askedIds(ids, context);
  const state = await context.store.getState(context.account.id, 'Email');
  const stored = asked.length > 0 ? await context.store.getDiscussions(context.account.id, asked) : [];
  const { list, notFound } = gathered(asked, await withNames(stored, context));
  return {
    accountId: context.account.id,
    state,
    list: list.map(discussion => pick({ ...discussion }, wanted)),
    notFound,
  };
};

/** Names come from the owner's contacts, else from the last message of each discussion. */
async function withNames(
  stored: readonly StoredDiscussion[],
  { store, account }: MethodContext,
): Promise<Discussion[]> {
  if (stored.length === 0) return [];
  const participants = [...new Set(stored.flatMap(discussion => discussion.participants))];
  const contacts = new Map<string, Contact>();
  for (let start = 0; start < participants.length; start += 500) {
    for (const contact of await store.findContacts(account.id, participants.slice(start, start + 500))) {
      for (const address of contact.addresses) contacts.set(address, contact);
    }
  }
  const emails = await store.getEmails(account.id, [
    ...new Set(stored.map(({ lastEmailId }) => lastEmailId)),
  ]);
  const names = new Map(
    emails.map(({ id, summary: { originators, destinations } }) => [
      id,
      new Map(
        [...destinations.cc, ...destinations.to, ...originators.replyTo, ...originators.from].flatMap(
          ({ name, address }) => (name === null ? [] : [[address.toLowerCase(), name] as const]),
        ),
      ),
    ]),
  );
  return stored.map(discussion => ({
    id: discussion.key,
    participants: discussion.participants.map(participant =>
      participantOf(participant, contacts.get(participant), names.get(discussion.lastEmailId)),
    ),
    lastEmailId: discussion.lastEmailId,
    lastReceivedAt: discussion.lastReceivedAt.toISOString(),
    totalEmails: discussion.totalEmails,
    unreadEmails: discussion.unreadEmails,
    level: discussion.level,
  }));
}

function participantOf(
  participant: string,
  contact: Contact | undefined,
  names: ReadonlyMap<string, string> | undefined,
): Participant {
  const colon = participant.indexOf(':');
  const address = participant.slice(colon + 1);
  return {
    protocol: participant.slice(0, colon) === 'list' ? 'list' : 'email',
    address,
    name: contact?.name ?? names?.get(address) ?? null,
    contactId: contact?.id ?? null,
  };
}
