import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { DeliveryError } from '../../../delivery/errors.ts';
import { domainOf } from '../../../delivery/message/address.ts';
import { composeMessage, type NewField } from '../../../delivery/message/compose.ts';
import { utcDateSchema } from './arguments.ts';
import { readKeyword, readMailboxId, readSet } from './email-changes.ts';
import { readBody } from './email-create-body.ts';
import { fieldOf, nameOf } from './email-create-fields.ts';
import { headerShortcuts } from './email-properties.ts';
import { invalidProperties, SetError } from './errors.ts';
import type { MethodContext } from './method.ts';
import { type CreatedEmail, storeGiven } from './new-email.ts';

const bodyNames = ['bodyStructure', 'bodyValues', 'textBody', 'htmlBody', 'attachments'];
const metadataNames = ['mailboxIds', 'keywords', 'receivedAt'];

/**
 * Makes an email of the properties of Email/set `create` (RFC 8621 §4.6) and stores it. Throws SetErrors
 * `invalidProperties`, `blobNotFound`, `tooLarge`, `overQuota`.
 */
export async function createEmail(
  given: Record<string, unknown>,
  context: MethodContext,
): Promise<CreatedEmail> {
  const metadata = readMetadata(given, context);
  const fields = readFields(given);
  const blobIds = new Set<string>();
  const body = await readBody(given, blobIds, context);
  const { octets, isTooLarge } = compose([...fields, ...missingFields(fields, context)], body, context);
  if (isTooLarge) throw new SetError('tooLarge');
  return storeGiven({ octets, ...metadata, isImport: false, blobIds: [...blobIds] }, context);
}

function readMetadata(given: Record<string, unknown>, context: MethodContext) {
  const { mailboxIds, keywords = {}, receivedAt } = given;
  if (mailboxIds === undefined)
    throw invalidProperties(['mailboxIds'], 'an email is in at least one mailbox');
  const date = v.safeParse(v.optional(v.nullable(utcDateSchema)), receivedAt);
  if (!date.success) throw invalidProperties(['receivedAt']);
  return {
    mailboxIds: readSet('mailboxIds', mailboxIds, id => readMailboxId(id, context)),
    keywords: readSet('keywords', keywords ?? {}, readKeyword),
    receivedAt: date.output ?? context.clock.now(),
  };
}

/** Header fields in the order given; one property for each field (RFC 8621 §4.6). */
function readFields(given: Record<string, unknown>): NewField[] {
  const names = Object.keys(given).filter(name => !bodyNames.includes(name) && !metadataNames.includes(name));
  const unknown = names.filter(name => !Object.hasOwn(headerShortcuts, name) && !name.startsWith('header:'));
  if (unknown.length > 0) throw invalidProperties(unknown, 'unknown or set by the server');
  const seen = new Map<string, string>();
  for (const property of names) {
    const field = nameOf(property).toLowerCase();
    const twin = seen.get(field);
    if (twin !== undefined) throw invalidProperties([twin, property], 'two properties for one header field');
    if (field.startsWith('content-') || field === 'mime-version') {
      throw invalidProperties([property], 'follows from the body');
    }
    seen.set(field, property);
  }
  return names.flatMap(property => fieldOf(property, given[property]));
}

/** Date and Message-ID are made where they weren't given. */
function missingFields(fields: readonly NewField[], { clock, account }: MethodContext): NewField[] {
  const has = (name: string) => fields.some(field => field.name.toLowerCase() === name);
  const missing: NewField[] = [];
  if (!has('date')) missing.push({ name: 'Date', value: { date: clock.now() } });
  if (!has('message-id')) {
    const identifier = `${randomBytes(18).toString('hex')}@${domainOf(account.address)}`;
    missing.push({ name: 'Message-ID', value: { identifiers: [identifier] } });
  }
  return missing;
}

function compose(
  fields: readonly NewField[],
  body: Parameters<typeof composeMessage>[0]['body'],
  { config }: MethodContext,
): { octets: Uint8Array; isTooLarge: boolean } {
  try {
    const octets = composeMessage({ fields, body });
    return { octets, isTooLarge: octets.byteLength > config['smtp.maxSizeOctets'] };
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.code !== 'badInput') throw error;
    const name = typeof error.fields.name === 'string' ? error.fields.name : '';
    throw invalidProperties([propertyOf(name)], String(error.fields.reason ?? 'cannot be written'));
  }
}

/** The property that a field was most likely given by. */
function propertyOf(fieldName: string): string {
  const lower = fieldName.toLowerCase();
  const shortcut = Object.entries(headerShortcuts).find(
    ([, { header }]) => header.name.toLowerCase() === lower,
  );
  if (shortcut) return shortcut[0];
  return lower.startsWith('content-') ? 'bodyStructure' : `header:${fieldName}`;
}
