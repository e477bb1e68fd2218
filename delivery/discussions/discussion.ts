import { keyedHash } from '../keyed-hash.ts';
import { isOneOf, normalizeAddress } from '../message/address.ts';
import type { Mailbox } from '../message/shape.ts';
import type { NewEmail, Summary } from '../store/store.ts';

/** Version of the way keys are made: another way gets another number, so that keys never mix. */
const version = 1;
/** Participants that are named; the key is made of all. */
const maxParticipants = 500;

/**
 * Who takes part, and the key under which messages of the same people meet (DESIGN.md, "A discussion's key").
 * `ownAddresses` are all addresses of the account. Participants are sorted `email:address`, without the owner's own
 * unless the owner is alone; a mailing list, `list:identifier`, replaces them. The key is an HMAC under `hashKey`,
 * so it tells nothing to those who have not got it.
 */
export function discussionOf(
  summary: Pick<Summary, 'originators' | 'destinations' | 'listId'>,
  ownAddresses: readonly string[],
  hashKey: Uint8Array,
): NewEmail['discussion'] {
  const participants = participantsOf(summary, ownAddresses);
  const hash = keyedHash(hashKey).update(Uint8Array.of(version));
  // No participant holds a NUL: addresses lose control characters when they are read.
  for (const participant of participants) hash.update(`${participant}\0`);
  return {
    key: `d${hash.digest().subarray(0, 24).toString('base64url')}`,
    participants: participants.slice(0, maxParticipants),
  };
}

/**
 * The message identifiers that can name a message's thread, best first: the first of References, which all replies
 * share, then the others; In-Reply-To; the message's own identifier.
 */
export function threadOf(
  summary: Pick<Summary, 'references' | 'inReplyTo' | 'messageId'>,
): NewEmail['thread'] {
  return {
    references: summary.references,
    inReplyTo: summary.inReplyTo[0] ?? null,
    messageId: summary.messageId,
  };
}

function participantsOf(
  { originators, destinations, listId }: Pick<Summary, 'originators' | 'destinations' | 'listId'>,
  ownAddresses: readonly string[],
): string[] {
  if (listId !== null && listId !== '') return [`list:${clean(listId).toLowerCase()}`];
  const authors = originators.from.length > 0 ? originators.from : originators.sender;
  const mailboxes = [...authors, ...destinations.to, ...destinations.cc, ...destinations.bcc];
  const everyone = [...new Set(mailboxes.map(addressOf).filter(address => address !== ''))].sort();
  const own = new Set(ownAddresses.map(normalizeAddress));
  const others = everyone.filter(address => !isOneOf(address, own));
  const counted = others.length > 0 ? others : everyone;
  return counted.map(address => `email:${address}`);
}

function addressOf(mailbox: Mailbox): string {
  return clean(normalizeAddress(mailbox.address));
}

function clean(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, '');
}
