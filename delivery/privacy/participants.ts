import { flatten, isOneOf, normalizeAddress, parseAddressList } from '../message/address.ts';
import { fieldsNamed } from '../message/fields.ts';
import type { Message } from '../message/shape.ts';

/** Who takes part in a message besides its owner, by what its header names. */
export interface Participants {
  /** `protocol:address` of everybody but the owner, each once; empty for a mailing list. */
  readonly others: readonly string[];
  readonly isList: boolean;
  /** `email:address` of the only author; null when there is none or more than one. */
  readonly author: string | null;
  /** The only author is the owner. */
  readonly isOwn: boolean;
}

const emailPrefix = 'email:';
const participantFields = ['from', 'to', 'cc', 'bcc'];

/**
 * Reads the participants of a message as it came. Where a field is there more than once each of them counts, and any
 * List-Id field makes a mailing list, so that a further field never makes the audience look smaller.
 * `discussion` are the participants of its discussion key, `ownAddresses` the owner's addr-specs.
 */
export function participantsOf(
  message: Message,
  discussion: readonly string[],
  ownAddresses: readonly string[],
): Participants {
  const own = new Set(ownAddresses.map(normalizeAddress));
  const isOwnName = (name: string) =>
    name.startsWith(emailPrefix) && isOneOf(name.slice(emailPrefix.length), own);
  const authors = new Set(namedIn(message, 'from'));
  const named = participantFields.flatMap(field => namedIn(message, field));
  const author = authors.size === 1 ? ([...authors][0] ?? null) : null;
  const isList =
    fieldsNamed(message.root.fields, 'list-id').length > 0 ||
    discussion.some(name => name.startsWith('list:'));
  const others = isList ? [] : [...new Set([...discussion, ...named])].filter(name => !isOwnName(name));
  return { others, isList, author, isOwn: author !== null && own.has(author.slice(emailPrefix.length)) };
}

function namedIn(message: Message, field: string): string[] {
  return fieldsNamed(message.root.fields, field)
    .flatMap(({ value }) => flatten(parseAddressList(value)))
    .filter(({ address }) => address !== '')
    .map(({ address }) => `email:${normalizeAddress(address)}`);
}
