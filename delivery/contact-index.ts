import { isDeepStrictEqual } from 'node:util';
import type { Clock } from './clock.ts';
import { describeKey, readPublicKeys } from './crypto/keys.ts';
import { discussionOf } from './discussions/discussion.ts';
import type { Log } from './log.ts';
import { type ContactKey, contactFacts } from './privacy/contact-facts.ts';
import { computeIndex } from './privacy/index.ts';
import type { Contact, Email, EmailRow, Owner, PublicKey, Store } from './store/store.ts';

/** What is needed to look at a contact. */
export interface ContactDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/** Bounds of one look: newest discussions searched for the contact, those read of them, and their messages. */
const maxDiscussionsSearched = 200;
const maxDiscussionsRead = 8;
const maxEmails = 150;

/** Makes or changes a contact and computes its index. */
export async function keepContact(
  accountId: string,
  contact: Omit<Contact, 'id' | 'index' | 'facts'> & { readonly id?: string },
  deps: ContactDeps,
): Promise<Contact> {
  const before = contact.id === undefined ? null : await deps.store.getContact(accountId, contact.id);
  const { index = null, facts = null } = before ?? {};
  const kept = await deps.store.putContact(accountId, { ...contact, index, facts });
  return indexContact(accountId, kept, deps);
}

/** Computes the index of a contact from what is known now, and keeps it when it has changed. */
export async function indexContact(
  accountId: string,
  contact: Contact,
  { store, clock }: ContactDeps,
): Promise<Contact> {
  const owner = await store.getOwner(accountId);
  if (!owner) return contact;
  const addresses = addrSpecsOf(contact);
  const [keys, emails, network] = await Promise.all([
    keysOf(accountId, addresses, { store, clock }),
    exchangedEmails(owner, addresses, { store }),
    networkOf(addresses, { store }),
  ]);
  const facts = contactFacts({ addresses, ownAddresses: owner.addresses, keys, emails, network });
  if (contact.index && isDeepStrictEqual(facts, contact.facts)) return contact;
  const index = computeIndex('contact', facts);
  await store.putContactIndex(accountId, contact.id, { index, facts });
  return { ...contact, index, facts };
}

/** The addr-specs among a contact's addresses. */
export function addrSpecsOf({ addresses }: Pick<Contact, 'addresses'>): string[] {
  return addresses.filter(name => name.startsWith('email:')).map(name => name.slice('email:'.length));
}

async function keysOf(
  accountId: string,
  addresses: readonly string[],
  { store, clock }: ContactDeps,
): Promise<ContactKey[]> {
  if (addresses.length === 0) return [];
  const known = await store.listPublicKeys(accountId, addresses);
  return Promise.all(known.map(key => keyAsItIs(key, clock.now())));
}

/** What a kept key is worth at a moment: it may have expired since. */
export async function keyAsItIs(
  { source, state, octets }: Pick<PublicKey, 'source' | 'state' | 'octets'>,
  at: Date,
): Promise<ContactKey> {
  const [certificate] = await readPublicKeys(octets).catch(() => []);
  if (!certificate) return { source, state: state === 'usable' ? 'expired' : state, strength: 'weak' };
  const now = await describeKey(certificate, at);
  return { source, state: state === 'usable' ? now.state : state, strength: now.strength };
}

/**
 * The last messages in which one of the addresses takes part, newest first: those to and from it alone, and those of
 * the recent discussions that it shares with others. At most 150.
 */
export async function exchangedEmails(
  { account, addresses: ownAddresses }: Owner,
  addresses: readonly string[],
  { store }: Pick<ContactDeps, 'store'>,
): Promise<Email[]> {
  if (addresses.length === 0) return [];
  const alone = addresses.map(address => aloneWith(address, ownAddresses, account.hashKey));
  const { items } = await store.listDiscussions(account.id, { limit: maxDiscussionsSearched });
  const names = new Set(addresses.map(address => `email:${address}`));
  const shared = items.filter(({ participants }) => participants.some(name => names.has(name)));
  const keys = [...new Set([...alone, ...shared.slice(0, maxDiscussionsRead).map(({ key }) => key)])];
  const pages = await Promise.all(
    keys.map(key => store.listDiscussionEmails(account.id, key, { limit: maxEmails })),
  );
  const rows = pages.flatMap(page => page.items).sort(newestFirst);
  const ids = rows.slice(0, maxEmails).map(({ id }) => id);
  if (ids.length === 0) return [];
  const emails = await store.getEmails(account.id, ids);
  return emails.sort(newestFirst);
}

function newestFirst(one: Pick<EmailRow, 'receivedAt'>, other: Pick<EmailRow, 'receivedAt'>): number {
  return other.receivedAt.getTime() - one.receivedAt.getTime();
}

/** The key of the discussion with this address and nobody else. */
function aloneWith(address: string, ownAddresses: readonly string[], hashKey: Uint8Array): string {
  const summary = {
    originators: { from: [{ name: null, address }], sender: [], replyTo: [] },
    destinations: { to: [], cc: [], bcc: [] },
    listId: null,
  };
  return discussionOf(summary, ownAddresses, hashKey).key;
}

/** Whether all of the addresses lead to mailboxes of this instance. */
async function networkOf(
  addresses: readonly string[],
  { store }: Pick<ContactDeps, 'store'>,
): Promise<'instance' | 'other' | null> {
  if (addresses.length === 0) return null;
  const found = await Promise.all(addresses.map(address => store.resolveAddress(address)));
  return found.every(resolution => resolution !== null) ? 'instance' : 'other';
}

/** Looks at contacts again after their mail was stored. */
export interface ContactIndexer {
  /** Returns at once; the work begins behind the answer, and each contact's at most once per pause. */
  noteDelivery(accountId: string, contacts: readonly Pick<Contact, 'id'>[]): void;
}

const pauseMilliseconds = 5000;

/**
 * An indexer for one thread. What the end of the thread leaves undone comes with the contact's next message.
 * `pause` is in milliseconds.
 */
export function openContactIndexer(
  deps: ContactDeps & { readonly log: Log },
  { pause = pauseMilliseconds } = {},
): ContactIndexer {
  /** Contacts within their pause; true when mail came meanwhile. */
  const resting = new Map<string, boolean>();
  const look = (accountId: string, id: string) => {
    const name = `${accountId}/${id}`;
    if (resting.has(name)) {
      resting.set(name, true);
      return;
    }
    resting.set(name, false);
    setImmediate(() => lookAgain(accountId, id, deps));
    setTimeout(() => {
      const isOutdated = resting.get(name);
      resting.delete(name);
      if (isOutdated) look(accountId, id);
    }, pause).unref();
  };
  return {
    noteDelivery: (accountId, contacts) => {
      for (const { id } of contacts) look(accountId, id);
    },
  };
}

async function lookAgain(
  accountId: string,
  id: string,
  deps: ContactDeps & { readonly log: Log },
): Promise<void> {
  try {
    const contact = await deps.store.getContact(accountId, id);
    if (contact) await indexContact(accountId, contact, deps);
  } catch (error) {
    // The message is stored; the contact's next message brings the next look.
    deps.log.warn({ accountId, error: String(error) }, 'contactNotIndexed');
  }
}
