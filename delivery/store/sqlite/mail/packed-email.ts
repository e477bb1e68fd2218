import { type SortColumns, sortColumns } from '../../sort-columns.ts';
import type { NewEmail } from '../../store.ts';

/**
 * A new email as it goes to the writer's thread: what the store never looks into is JSON already, so that it crosses
 * threads as one text; what it sorts and counts by stands beside.
 */
export interface PackedEmail {
  readonly deliveryKey: Uint8Array | null;
  readonly deliveryKeySeconds: number;
  readonly receivedAt: number;
  readonly octets: Uint8Array;
  readonly size: number;
  readonly sealed: boolean;
  readonly detail: string;
  readonly columns: SortColumns;
  readonly thread: NewEmail['thread'];
  readonly discussion: { readonly key: string; readonly participants: string };
  readonly tags: NewEmail['tags'];
  readonly keywords: readonly string[];
  readonly words: string | null;
  readonly takesOver: readonly string[];
  readonly learned: Uint8Array | null;
}

/** The email for the writer's thread; `octets` can be given away, or lie in shared memory. */
export function packEmail(email: NewEmail): PackedEmail {
  return {
    deliveryKey: email.deliveryKey,
    deliveryKeySeconds: email.deliveryKeySeconds,
    receivedAt: email.receivedAt.getTime(),
    octets: ownOctets(email),
    size: email.octets.byteLength,
    sealed: email.sealed,
    detail: JSON.stringify({ summary: email.summary, findings: email.findings, index: email.index }),
    columns: sortColumns(email, email.receivedAt),
    thread: email.thread,
    discussion: {
      key: email.discussion.key,
      participants: JSON.stringify(email.discussion.participants),
    },
    tags: email.tags,
    keywords: email.keywords,
    takesOver: email.takesOver ?? [],
    // A copy, because with a view all that lies around it would cross.
    learned: email.learned ? new Uint8Array(email.learned) : null,
    words: email.searchText === null ? null : JSON.stringify(email.searchText),
  };
}

function ownOctets({ octets, isGivenAway }: NewEmail): Uint8Array {
  const isShared = octets.buffer instanceof SharedArrayBuffer;
  const isOwn = isGivenAway === true && octets.byteLength === octets.buffer.byteLength;
  return isShared || isOwn ? octets : new Uint8Array(octets);
}
