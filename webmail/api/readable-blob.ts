import { parseMessage } from '../../delivery/message/message.ts';
import { readBlobId } from './blob-id.ts';
import type { Caller } from './caller.ts';
import { openMessage } from './opened.ts';
import type { Web } from './parts.ts';
import { partOf } from './read-view.ts';
import { scriptBlob, scriptMediaType } from './script-blob.ts';
import { maxReadHere } from './viewer.ts';

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
  const script = await scriptBlob(blobId, account, context);
  if (script) return { octets: script, mediaType: scriptMediaType, fileName: null };
  const blob = await context.store.getBlob(account.id, name.wholeId);
  if (!blob) return null;
  if (!name.part) return { octets: blob.octets, mediaType: blob.mediaType, fileName: null };
  const { index, ofOpened } = name.part;
  if (!ofOpened && blob.octets.byteLength > maxReadHere) {
    const answer = await context.viewer.read({ kind: 'part', octets: blob.octets, index });
    return answer.kind === 'part' ? answer.part : null;
  }
  const stored = parseMessage(blob.octets);
  const message = ofOpened ? await openMessage(stored, { blobId: name.wholeId }, context) : stored;
  return message && partOf(message, index);
}
