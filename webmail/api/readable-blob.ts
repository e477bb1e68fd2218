import { allEntities } from '../../delivery/message/body.ts';
import { decodeBody } from '../../delivery/message/content.ts';
import { parseMessage } from '../../delivery/message/message.ts';
import type { Entity, Message } from '../../delivery/message/shape.ts';
import { readBlobId } from './blob-id.ts';
import type { Caller } from './caller.ts';
import { openMessage } from './opened.ts';
import type { Web } from './parts.ts';

/** Octets that a blob id names. */
export interface ReadableBlob {
  readonly octets: Uint8Array;
  /** What the part or the upload says it is, null when nothing does. */
  readonly mediaType: string | null;
  readonly fileName: string | null;
}

/**
 * The blob, or the part of a message, that this id names in the caller's account; null when there is none. A part of
 * what was encrypted is opened for it and the look is recorded.
 */
export async function readableBlob(
  blobId: string,
  context: Web & { readonly caller: Caller },
): Promise<ReadableBlob | null> {
  const name = readBlobId(blobId);
  if (!name) return null;
  const { account } = context.caller;
  const blob = await context.store.getBlob(account.id, name.wholeId);
  if (!blob) return null;
  if (!name.part) return { octets: blob.octets, mediaType: blob.mediaType, fileName: null };
  const stored = parseMessage(blob.octets);
  const message = name.part.ofOpened ? await openMessage(stored, { blobId: name.wholeId }, context) : stored;
  const entity = message ? allEntities(message)[name.part.index] : undefined;
  return message && entity ? partOf(message, entity) : null;
}

function partOf(message: Message, entity: Entity): ReadableBlob | null {
  if (entity.partId === null) return null;
  return { octets: decodeBody(message, entity), mediaType: entity.mediaType, fileName: entity.fileName };
}
