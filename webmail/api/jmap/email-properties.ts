import type { Email, Summary } from '../../../delivery/store/store.ts';
import { type capabilities, capabilities as urns } from '../../wire.ts';
import { checkBodyProperties, defaultBodyProperties, type ValueWish } from './email-body.ts';
import { MethodError } from './errors.ts';
import { type HeaderProperty, readHeaderProperty, wireAddresses, withoutFraction } from './header-forms.ts';

/** Properties of the stored email that no octets are needed for (RFC 8621 §4.1.1). */
export const metadataReaders: Readonly<Record<string, (email: Email) => unknown>> = {
  id: email => email.id,
  blobId: email => email.blobId,
  threadId: email => email.threadId,
  mailboxIds: email => setOf(email.tagIds),
  keywords: email => setOf(email.keywords),
  size: email => email.sizeOctets,
  receivedAt: email => inSeconds(email.receivedAt),
};

/** Fractions are allowed (RFC 8620 §1.4), yet clients' readers of dates stumble over them. */
function inSeconds(date: Date): string {
  return `${date.toISOString().slice(0, -5)}Z`;
}

/** A list as JMAP writes a set: `{ "item": true }`. */
export function setOf(items: readonly string[]): Record<string, true> {
  return Object.fromEntries(items.map(item => [item, true as const]));
}

/** The convenience properties (RFC 8621 §4.1.3): the header property each stands for, and what the summary says. */
export const headerShortcuts: Readonly<
  Record<string, { header: HeaderProperty; summary: (summary: Summary) => unknown }>
> = {
  messageId: shortcut('Message-ID', 'MessageIds', ({ messageId }) =>
    messageId === null ? null : [messageId],
  ),
  inReplyTo: shortcut('In-Reply-To', 'MessageIds', summary => orNull(summary.inReplyTo)),
  references: shortcut('References', 'MessageIds', summary => orNull(summary.references)),
  sender: shortcut('Sender', 'Addresses', summary => orNull(wireAddresses(summary.originators.sender))),
  from: shortcut('From', 'Addresses', summary => orNull(wireAddresses(summary.originators.from))),
  to: shortcut('To', 'Addresses', summary => orNull(wireAddresses(summary.destinations.to))),
  cc: shortcut('Cc', 'Addresses', summary => orNull(wireAddresses(summary.destinations.cc))),
  bcc: shortcut('Bcc', 'Addresses', summary => orNull(wireAddresses(summary.destinations.bcc))),
  replyTo: shortcut('Reply-To', 'Addresses', summary => orNull(wireAddresses(summary.originators.replyTo))),
  subject: shortcut('Subject', 'Text', summary => summary.subject),
  sentAt: shortcut('Date', 'Date', ({ sentAt }) => (sentAt ? withoutFraction(sentAt) : null)),
};

function shortcut(name: string, form: HeaderProperty['form'], summary: (summary: Summary) => unknown) {
  return { header: { name, form, all: false }, summary };
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null;
}

/** Properties read from the parts of the message (RFC 8621 §4.1.4). */
export const bodyProperties = [
  'headers',
  'bodyStructure',
  'bodyValues',
  'textBody',
  'htmlBody',
  'attachments',
] as const;

/** Properties of ours, each behind its capability. */
const extensionProperties: Readonly<Record<string, (typeof capabilities)[keyof typeof capabilities]>> = {
  privacy: urns.privacy,
  privacyBrief: urns.privacy,
  discussionId: urns.discussion,
  importance: urns.discussion,
  importanceReasons: urns.discussion,
  tagReasons: urns.tagRules,
};

/** What Email/parse gives when nothing is asked for (RFC 8621 §4.9). */
export const defaultParseProperties: readonly string[] = [
  ...Object.keys(headerShortcuts),
  'hasAttachment',
  'preview',
  ...bodyProperties.filter(name => name !== 'headers' && name !== 'bodyStructure'),
];

/** What Email/get gives then: what is known of a stored email alone comes first (RFC 8621 §4.2). */
const defaultProperties: readonly string[] = [...Object.keys(metadataReaders), ...defaultParseProperties];

/** What one Email/get or Email/parse has to give for each email. */
export interface EmailPlan extends ValueWish {
  readonly properties: readonly string[];
  readonly headers: ReadonlyMap<string, HeaderProperty>;
  readonly bodyProperties: readonly string[];
  readonly needsOctets: boolean;
}

interface Asked {
  readonly properties: readonly string[] | null;
  readonly bodyProperties: readonly string[] | null;
  readonly fetchTextBodyValues: boolean | null;
  readonly fetchHTMLBodyValues: boolean | null;
  readonly fetchAllBodyValues: boolean | null;
  readonly maxBodyValueBytes: number | null;
}

/** Checks what is asked for; throws `invalidArguments` naming the property that there isn't. */
export function planOf(
  asked: Asked,
  using: ReadonlySet<string>,
  defaults: readonly string[] = defaultProperties,
): EmailPlan {
  const properties = [...new Set(asked.properties ?? defaults)];
  const headers = new Map<string, HeaderProperty>();
  for (const property of properties) {
    const header = readHeaderProperty(property);
    if (header) headers.set(property, header);
    else if (!isKnown(property, using)) {
      throw new MethodError('invalidArguments', `no such property: ${property.slice(0, 100)}`, {
        arguments: ['properties'],
      });
    }
  }
  const partProperties = asked.bodyProperties ?? defaultBodyProperties;
  checkBodyProperties(partProperties);
  return {
    properties,
    headers,
    bodyProperties: partProperties,
    needsOctets: headers.size > 0 || bodyProperties.some(name => isWorthReading(name, properties, asked)),
    fetchTextBodyValues: asked.fetchTextBodyValues ?? false,
    fetchHTMLBodyValues: asked.fetchHTMLBodyValues ?? false,
    fetchAllBodyValues: asked.fetchAllBodyValues ?? false,
    maxBodyValueBytes: asked.maxBodyValueBytes ?? 0,
  };
}

/** `bodyValues` without a wish is empty: no octets are read for it. */
function isWorthReading(name: string, properties: readonly string[], asked: Asked): boolean {
  if (!properties.includes(name)) return false;
  if (name !== 'bodyValues') return true;
  return Boolean(asked.fetchTextBodyValues || asked.fetchHTMLBodyValues || asked.fetchAllBodyValues);
}

function isKnown(property: string, using: ReadonlySet<string>): boolean {
  const capability = Object.hasOwn(extensionProperties, property) ? extensionProperties[property] : undefined;
  if (capability) return using.has(capability);
  return (
    Object.hasOwn(metadataReaders, property) ||
    Object.hasOwn(headerShortcuts, property) ||
    property === 'hasAttachment' ||
    property === 'preview' ||
    bodyProperties.some(name => name === property)
  );
}
