import { flatten, parseAddressList } from '../../../delivery/message/address.ts';
import { parseDate } from '../../../delivery/message/date.ts';
import {
  decodeWordsStrictly,
  fieldsNamed,
  parseIdentifiers,
  unfold,
} from '../../../delivery/message/fields.ts';
import type { HeaderField, Mailbox } from '../../../delivery/message/shape.ts';
import type { EmailAddress } from '../../wire.ts';
import { MethodError } from './errors.ts';

/** Parsed forms of a header field (RFC 8621 §4.1.2). */
export type HeaderForm = 'Raw' | 'Text' | 'Addresses' | 'GroupedAddresses' | 'MessageIds' | 'Date' | 'URLs';

const formSuffixes: Readonly<Record<string, HeaderForm>> = {
  asRaw: 'Raw',
  asText: 'Text',
  asAddresses: 'Addresses',
  asGroupedAddresses: 'GroupedAddresses',
  asMessageIds: 'MessageIds',
  asDate: 'Date',
  asURLs: 'URLs',
};

const addressFields = ['from', 'sender', 'reply-to', 'to', 'cc', 'bcc'].flatMap(name => [
  name,
  `resent-${name}`,
]);
const identifierFields = ['message-id', 'in-reply-to', 'references', 'resent-message-id'];
const dateFields = ['date', 'resent-date'];
const urlFields = ['help', 'unsubscribe', 'subscribe', 'post', 'owner', 'archive'].map(
  name => `list-${name}`,
);
const textFields = ['subject', 'comments', 'keywords', 'list-id'];

/** Fields that RFC 5322 and RFC 2369 define: a form is allowed on those it is made for, and on unknown fields. */
const definedFields = new Set([
  ...addressFields,
  ...identifierFields,
  ...dateFields,
  ...urlFields,
  ...textFields,
  'return-path',
  'received',
]);

const allowedFields: Readonly<Record<HeaderForm, readonly string[] | null>> = {
  Raw: null,
  Text: textFields,
  Addresses: addressFields,
  GroupedAddresses: addressFields,
  MessageIds: identifierFields,
  Date: dateFields,
  URLs: urlFields,
};

/** A property of the form `header:NAME:asFORM:all` (RFC 8621 §4.1.3). */
export interface HeaderProperty {
  readonly name: string;
  readonly form: HeaderForm;
  readonly all: boolean;
}

/** Reads a `header:…` property, null when it isn't one. Throws `invalidArguments` for a form the field can't have. */
export function readHeaderProperty(property: string): HeaderProperty | null {
  if (!property.startsWith('header:')) return null;
  const [name = '', ...suffixes] = property.slice('header:'.length).split(':');
  const all = suffixes.at(-1) === 'all';
  const formWords = all ? suffixes.slice(0, -1) : suffixes;
  const word = formWords[0] ?? 'asRaw';
  const form = Object.hasOwn(formSuffixes, word) ? formSuffixes[word] : undefined;
  if (!/^[\x21-\x39\x3b-\x7e]+$/.test(name) || formWords.length > 1 || !form) throw unknownForm(property);
  const allowed = allowedFields[form];
  const lower = name.toLowerCase();
  if (allowed && definedFields.has(lower) && !allowed.includes(lower)) throw unknownForm(property);
  return { name, form, all };
}

function unknownForm(property: string): MethodError {
  return new MethodError('invalidArguments', `no such property: ${property.slice(0, 100)}`, {
    arguments: ['properties'],
  });
}

/** The value of a `header:…` property: of the last field of that name, null for none; with `:all` a list. */
export function headerValue(fields: readonly HeaderField[], { name, form, all }: HeaderProperty): unknown {
  const values = fieldsNamed(fields, name).map(field => parsedForms[form](field.value));
  return all ? values : (values.at(-1) ?? null);
}

/** How each form reads the octets behind the colon. */
const parsedForms: Readonly<Record<HeaderForm, (value: string) => unknown>> = {
  Raw: value => value.replaceAll('\0', ''),
  Text: value => decodeWordsStrictly(unfold(value)).normalize('NFC').trim(),
  Addresses: value => wireAddresses(flatten(parseAddressList(value))),
  GroupedAddresses: value =>
    parseAddressList(value).map(({ name, mailboxes }) => ({ name, addresses: wireAddresses(mailboxes) })),
  MessageIds: value => orNull(parseIdentifiers(value)),
  Date: value => dateWithOffset(value),
  URLs: value =>
    orNull([...unfold(value).matchAll(/<([^<>]*)>/g)].map(([, url]) => (url ?? '').replace(/\s+/g, ''))),
};

/** Mailboxes as JMAP's EmailAddress objects (RFC 8621 §4.1.2.3). */
export function wireAddresses(mailboxes: readonly Mailbox[]): EmailAddress[] {
  return mailboxes.map(({ name, address }) => ({ name, email: address }));
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null;
}

/** A Date of RFC 8620 §1.4: the local time and the offset that the field gives; null when it can't be read. */
export function dateWithOffset(value: string): string | null {
  const date = parseDate(value);
  if (!date) return null;
  const zone = /([+-])(\d{2})(\d{2})\s*(?:\([^()]*\)\s*)*$/.exec(unfold(value).trimEnd());
  const minutes = zone ? Number(zone[2]) * 60 + Number(zone[3]) : 0;
  if (!zone || minutes === 0 || minutes >= 24 * 60) return withoutFraction(date);
  const shifted = new Date(date.getTime() + (zone[1] === '-' ? -minutes : minutes) * 60_000);
  if (!Number.isFinite(shifted.getTime())) return withoutFraction(date);
  return `${withoutFraction(shifted).slice(0, -1)}${zone[1]}${zone[2]}:${zone[3]}`;
}

/** A UTCDate (RFC 8620 §1.4): no fraction when it is zero. */
export function withoutFraction(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
