import { normalizeAddress } from '../../../delivery/message/address.ts';
import type { Contact } from '../../../delivery/store/store.ts';
import { addressBookId } from './address-book.ts';
import { invalidProperties } from './errors.ts';
import { isRecord } from './request.ts';

/** A JSContact Card (RFC 9553) with the properties that RFC 9610 adds. */
export type Card = Readonly<Record<string, unknown>>;

const maxCardCharacters = 100_000;
const maxAddresses = 100;

type Check = (value: unknown) => boolean;

const isString: Check = value => typeof value === 'string';
const isDate: Check = value =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/.test(value);
const isId = (name: string) => /^[A-Za-z0-9_-]{1,255}$/.test(name);
const isSet: Check = value => isRecord(value) && Object.values(value).every(member => member === true);
const isMapOfObjects: Check = value =>
  isRecord(value) && Object.entries(value).every(([name, member]) => isId(name) && isRecord(member));

/** The properties of RFC 9553 §2 and what each must be. */
const shapes: Readonly<Record<string, Check>> = {
  '@type': value => value === 'Card',
  version: isString,
  created: isDate,
  kind: isString,
  language: isString,
  members: isSet,
  prodId: isString,
  relatedTo: isRecord,
  uid: value => typeof value === 'string' && value !== '' && value.length <= 500,
  updated: isDate,
  name: isName,
  nicknames: isMapOfObjects,
  organizations: isMapOfObjects,
  speakToAs: isRecord,
  titles: isMapOfObjects,
  emails: areEmails,
  onlineServices: isMapOfObjects,
  phones: isMapOfObjects,
  preferredLanguages: isMapOfObjects,
  calendars: isMapOfObjects,
  schedulingAddresses: isMapOfObjects,
  addresses: isMapOfObjects,
  cryptoKeys: isMapOfObjects,
  directories: isMapOfObjects,
  links: isMapOfObjects,
  media: isMapOfObjects,
  localizations: isRecord,
  anniversaries: isMapOfObjects,
  keywords: isSet,
  notes: isMapOfObjects,
  personalInfo: isMapOfObjects,
};

/** Whether ContactCard/get may be asked for it: RFC 9553's, RFC 9610's, ours, and extensions of others (`a.example:x`). */
export function isCardProperty(name: string): boolean {
  return name in shapes || ['id', 'addressBookIds', 'privacy'].includes(name) || name.includes(':');
}

function isName(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { full, components } = value;
  if (full !== undefined && typeof full !== 'string') return false;
  return components === undefined || (Array.isArray(components) && components.every(isComponent));
}

function isComponent(value: unknown): value is { kind: string; value: string } {
  return isRecord(value) && typeof value.kind === 'string' && typeof value.value === 'string';
}

function areEmails(value: unknown): boolean {
  if (!isMapOfObjects(value)) return false;
  const emails = Object.values(value as Record<string, Record<string, unknown>>);
  return emails.length <= maxAddresses && emails.every(({ address }) => isAddress(address));
}

function isAddress(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 320 && /^[^\s@]+@[^\s@]+$|^".+"@[^\s@]+$/.test(value);
}

/** Throws `invalidProperties` naming each property that is not what RFC 9553 and RFC 9610 want. */
export function checkCard(card: Card): void {
  const { addressBookIds, id: _id, privacy: _privacy, ...properties } = card;
  const isPlaced = isRecord(addressBookIds) && JSON.stringify(addressBookIds) === `{"${addressBookId}":true}`;
  const wrong = Object.entries(properties)
    .filter(([name, value]) => !(Object.hasOwn(shapes, name) ? shapes[name]?.(value) : name.includes(':')))
    .map(([name]) => name);
  if (!isPlaced) wrong.push('addressBookIds');
  if (wrong.length > 0) throw invalidProperties(wrong);
  if (JSON.stringify(card).length > maxCardCharacters) throw invalidProperties([], 'the card is too large');
}

/** What the store keeps of a card: itself, and the name and addresses by which mail finds it. */
export function contactOf(card: Card, before: Contact | null): Pick<Contact, 'name' | 'addresses' | 'card'> {
  const { id: _id, addressBookIds: _ids, privacy: _privacy, ...kept } = card;
  const emails = isRecord(card.emails) ? Object.values(card.emails) : [];
  const addresses = emails.flatMap(email =>
    isRecord(email) && typeof email.address === 'string' ? `email:${normalizeAddress(email.address)}` : [],
  );
  const others = (before?.addresses ?? []).filter(name => !name.startsWith('email:'));
  return { name: fullName(card.name), addresses: [...new Set([...addresses, ...others])], card: kept };
}

/** The name as one text; null when there is none. */
export function fullName(name: unknown): string | null {
  if (!isRecord(name)) return null;
  if (typeof name.full === 'string' && name.full.trim() !== '') return name.full.trim();
  const components = Array.isArray(name.components) ? name.components.filter(isComponent) : [];
  const joined = components
    .filter(({ kind }) => kind !== 'separator')
    .map(({ value }) => value)
    .join(' ')
    .trim();
  return joined === '' ? null : joined;
}

/** The card as clients see it, without `privacy`; a contact that was made without a card gets the simplest. */
export function cardOf({ id, name, addresses, card }: Contact): Card {
  const own = isRecord(card) ? card : simplestCard(id, name, addresses);
  return { ...own, id, addressBookIds: { [addressBookId]: true } };
}

function simplestCard(id: string, name: string | null, addresses: readonly string[]): Card {
  const emails = addresses
    .filter(address => address.startsWith('email:'))
    .map((address, at) => [`e${at + 1}`, { address: address.slice('email:'.length) }]);
  return {
    '@type': 'Card',
    version: '1.0',
    uid: `urn:caliopen:contact:${id}`,
    ...(name === null ? {} : { name: { full: name } }),
    ...(emails.length > 0 ? { emails: Object.fromEntries(emails) } : {}),
  };
}
