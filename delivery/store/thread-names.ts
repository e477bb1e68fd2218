import { randomBytes } from 'node:crypto';
import { keyedHash } from '../keyed-hash.ts';
import type { NewEmail } from './store.ts';

const octetsOfThread = 12;

/** A message identifier as this account's number for it; null for none. */
export function messageKey(hashKey: Uint8Array, identifier: string | null): number | null {
  if (identifier === null) return null;
  const hash = keyedHash(hashKey).update(`message:${identifier}`).digest();
  return hash.readUIntBE(0, 6);
}

/**
 * The identifiers whose emails give a new email its thread, if they are here, in order (DESIGN.md, "threadId"). Many
 * programs name the email before theirs alone: its thread is looked up, because it need not be called after it.
 */
export function threadGivers({ references, inReplyTo }: NewEmail['thread']): string[] {
  const [root] = references;
  return [...new Set([root, inReplyTo])].filter(identifier => typeof identifier === 'string');
}

/**
 * The thread of a new email none of whose `threadGivers` is here: the keyed hash of the first of References, of
 * In-Reply-To, or of the own Message-ID, so two replies at once make one thread. An email that names nothing is a
 * thread of its own.
 */
export function newThread(
  hashKey: Uint8Array,
  { references, inReplyTo, messageId }: NewEmail['thread'],
): Uint8Array {
  const name = references[0] ?? inReplyTo ?? messageId;
  if (name === null) return randomBytes(octetsOfThread);
  return keyedHash(hashKey).update(`thread:${name}`).digest().subarray(0, octetsOfThread);
}

/** The id of a thread. */
export function threadId(thread: Uint8Array): string {
  return `H${Buffer.from(thread).toString('base64url')}`;
}

/** What `threadId` was given; null when it is no such id. */
export function readThreadId(id: string): Uint8Array | null {
  if (!/^H[\w-]{16}$/.test(id)) return null;
  return Buffer.from(id.slice(1), 'base64url');
}
