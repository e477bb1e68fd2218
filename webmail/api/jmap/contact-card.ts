import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { keepContact } from '../../../delivery/contact-index.ts';
import type { Contact } from '../../../delivery/store/store.ts';
import type { ContactPrivacy } from '../../wire.ts';
import { addressBookId } from './address-book.ts';
import { checkProperties, getEntries, readArguments, setEntries } from './arguments.ts';
import { type Card, cardOf, checkCard, contactOf, isCardProperty } from './card.ts';
import { MethodError, SetError } from './errors.ts';
import { coreLimits } from './limits.ts';
import { type Handler, type MethodContext, resolveId } from './method.ts';
import { applyPatch, refuseChanges } from './patch.ts';
import { changesOf } from './standard-changes.ts';
import { askedIds, gathered, pick } from './standard-get.ts';
import { beginSet, emptyResults, type SetResults, setResponse, tryRecord } from './standard-set.ts';

/** Contacts that an account may have; all of them are looked through by a query. */
const maxContacts = 10_000;

const getSchema = v.strictObject(getEntries);
const setSchema = v.strictObject(setEntries);

/** ContactCard/get (RFC 9610 §3.1). `privacy` is given when it is asked for by name. */
export const contactCardGet: Handler = async (args, context) => {
  const { ids, properties } = readArguments(getSchema, args);
  checkProperties(properties, isCardProperty);
  const state = await context.store.getState(context.account.id, 'ContactCard');
  const contacts =
    ids === null ? await someContacts(context) : await namedContacts(askedIds(ids, context), context);
  const asked = ids === null ? contacts.map(({ id }) => id) : askedIds(ids, context);
  const { list, notFound } = gathered(asked, contacts);
  return {
    accountId: context.account.id,
    state,
    list: list.map(contact => viewOf(contact, properties)),
    notFound,
  };
};

function viewOf(contact: Contact, properties: readonly string[] | null): Record<string, unknown> {
  const card = cardOf(contact);
  const isAsked = properties?.includes('privacy') === true;
  return pick(isAsked ? { ...card, privacy: privacyOf(contact) } : card, properties);
}

function privacyOf({ index }: Contact): ContactPrivacy {
  return {
    subject: 'contact',
    version: 1,
    value: index?.value ?? null,
    level: index?.level ?? null,
    upTo: index?.upTo ?? null,
    parts: index?.parts ?? null,
    facts: index?.facts ?? [],
    ...(index?.ceiling ? { ceiling: index.ceiling } : {}),
    next: index?.next ?? [],
  };
}

async function namedContacts(ids: readonly string[], { store, account }: MethodContext): Promise<Contact[]> {
  const found = await Promise.all(ids.map(id => store.getContact(account.id, id)));
  return found.filter(contact => contact !== null);
}

/** All contacts as far as one answer holds them; throws `requestTooLarge` where it doesn't (RFC 8620 §5.1). */
async function someContacts({ store, account }: MethodContext): Promise<Contact[]> {
  const { items, next } = await store.listContacts(account.id, { limit: coreLimits.maxObjectsInGet });
  if (next !== null) throw new MethodError('requestTooLarge');
  return items;
}

/** Every contact of the account, at most 10,000. */
export async function allContacts({ store, account }: MethodContext): Promise<Contact[]> {
  const contacts: Contact[] = [];
  let after: string | null = null;
  do {
    const page = await store.listContacts(account.id, { after, limit: 500 });
    contacts.push(...page.items);
    after = page.next;
  } while (after !== null && contacts.length < maxContacts);
  return contacts;
}

/** ContactCard/changes (RFC 9610 §3.2). */
export const contactCardChanges: Handler = async (args, context) =>
  (await changesOf('ContactCard', args, context)).response;

/** ContactCard/set (RFC 9610 §3.5). A contact is indexed as soon as it is made or changed. */
export const contactCardSet: Handler = async (args, context) => {
  const asked = readArguments(setSchema, args);
  const oldState = await beginSet('ContactCard', asked, context);
  const results = emptyResults();
  await createCards(asked.create ?? {}, results, context);
  for (const [key, patch] of Object.entries(asked.update ?? {})) {
    await tryRecord(key, results.notUpdated, async () => {
      results.updated.set(key, await updateCard(key, patch, context));
    });
  }
  for (const key of asked.destroy ?? []) await destroyCard(key, results, context);
  const newState = await context.store.getState(context.account.id, 'ContactCard');
  return setResponse(results, { oldState, newState }, context.account.id);
};

async function createCards(
  create: Readonly<Record<string, Card>>,
  results: SetResults,
  context: MethodContext,
): Promise<void> {
  const keys = Object.keys(create);
  let left = keys.length > 0 ? maxContacts - (await allContacts(context)).length : 0;
  for (const key of keys) {
    await tryRecord(key, results.notCreated, async () => {
      if (left <= 0) throw new SetError('overQuota', `at most ${maxContacts} contacts`);
      results.created.set(key, await createCard(key, create[key] ?? {}, context));
      left--;
    });
  }
}

async function createCard(
  key: string,
  given: Card,
  context: MethodContext,
): Promise<Record<string, unknown>> {
  const { account, clock } = context;
  const withoutNulls = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  refuseChanges({}, withoutNulls, ['id', 'privacy']);
  const now = timeOf(clock.now());
  const added: Card = {
    '@type': 'Card',
    version: '1.0',
    uid: `urn:uuid:${randomUUID()}`,
    created: now,
    updated: now,
    addressBookIds: { [addressBookId]: true },
  };
  const card = { ...added, ...withoutNulls };
  checkCard(card);
  const contact = await keepContact(account.id, contactOf(card, null), context);
  context.createdIds.set(key, contact.id);
  const told = Object.entries(added).filter(([name]) => !Object.hasOwn(withoutNulls, name));
  return { id: contact.id, ...Object.fromEntries(told) };
}

async function updateCard(
  key: string,
  patch: Card,
  context: MethodContext,
): Promise<Record<string, unknown> | null> {
  const { store, account, clock } = context;
  const id = resolveId(key, context) ?? key;
  const contact = await store.getContact(account.id, id);
  if (!contact) throw new SetError('notFound');
  const before = cardOf(contact);
  const patched = applyPatch(before, patch);
  refuseChanges(before, patched, ['id', 'uid', 'privacy']);
  const isDated = Object.hasOwn(patch, 'updated');
  const updated = timeOf(clock.now());
  const card = isDated ? patched : { ...patched, updated };
  checkCard(card);
  await keepContact(account.id, { ...contactOf(card, contact), id }, context);
  return isDated ? null : { updated };
}

async function destroyCard(key: string, results: SetResults, context: MethodContext): Promise<void> {
  const { store, account } = context;
  const id = resolveId(key, context) ?? key;
  if (await store.getContact(account.id, id)) {
    await store.removeContact(account.id, id);
    results.destroyed.push(key);
  } else results.notDestroyed.set(key, { type: 'notFound' });
}

/** UTCDateTime of RFC 9553 §1.4.6. */
function timeOf(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
