import type { Level } from '../../../privacy/shape.ts';
import { casemapKey } from '../../../search/collation.ts';
import type { Email, NewEmail, Summary } from '../../store.ts';

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
}

/** Columns beside the detail by which lists are sorted and filtered. */
export interface SortColumns {
  readonly sentAt: number;
  readonly attachment: number;
  readonly encrypted: number;
  readonly unfinished: number;
  readonly level: Level | null;
  readonly subject: string;
  readonly originator: string;
  readonly destination: string;
}

/** The parts of an email that lie in `detail`. */
export type Detail = Pick<Email, 'summary' | 'findings' | 'index'>;

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
    words: email.searchText === null ? null : JSON.stringify(email.searchText),
  };
}

function ownOctets({ octets, isGivenAway }: NewEmail): Uint8Array {
  const isShared = octets.buffer instanceof SharedArrayBuffer;
  const isOwn = isGivenAway === true && octets.byteLength === octets.buffer.byteLength;
  return isShared || isOwn ? octets : new Uint8Array(octets);
}

/** The columns that follow from an email's detail. Emails without an origination date sort by their arrival. */
export function sortColumns(detail: Detail, receivedAt: Date): SortColumns {
  const { summary, findings, index } = detail;
  return {
    sentAt: (summary.sentAt ?? receivedAt).getTime(),
    attachment: summary.hasAttachment ? 1 : 0,
    encrypted: findings.decrypt?.encryption === 'strong' || findings.decrypt?.encryption === 'weak' ? 1 : 0,
    unfinished: findings.failed.length > 0 ? 1 : 0,
    level: index?.level ?? null,
    subject: baseSubject(summary.subject ?? ''),
    originator: mailboxKey(summary.originators.from),
    destination: mailboxKey(summary.destinations.to),
  };
}

/** Longest sort key in characters: beyond it, texts count as equal. */
const maxSortKey = 100;

/** The subject without what replies and forwards put around it (in the spirit of RFC 5256 §2.1). */
function baseSubject(subject: string): string {
  let base = subject.slice(0, 1000).trim().toLowerCase();
  for (;;) {
    const shorter = base
      .replace(/^(?:re|fwd?|aw|wg|tr|rv|sv)\s*(?:\[[^\]]{0,80}\])?\s*:\s*/, '')
      .replace(/^\[[^\]]{0,80}\]\s*(?=\S)/, '');
    if (shorter === base) return sortKey(base);
    base = shorter;
  }
}

function mailboxKey(mailboxes: Summary['originators']['from']): string {
  const first = mailboxes[0];
  return sortKey(first?.name || first?.address || '');
}

/** Texts are sorted by `i;unicode-casemap`, the collation that the JMAP door names. */
function sortKey(text: string): string {
  return casemapKey(text.slice(0, maxSortKey)).slice(0, maxSortKey);
}

/** The detail read back: its dates are dates again. */
export function readDetail(text: string): Detail {
  const detail = JSON.parse(text) as Detail;
  const { sentAt } = detail.summary as { sentAt: string | null };
  return { ...detail, summary: { ...detail.summary, sentAt: sentAt === null ? null : new Date(sentAt) } };
}
