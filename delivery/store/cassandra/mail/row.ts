import type { Level } from '../../../privacy/shape.ts';
import type { SortColumns } from '../../sort-columns.ts';
import { tagRoles } from '../../store.ts';

/** What lists, filters and counts read of an email: its row in `email`, without texts and octets. */
export interface LightRow {
  readonly id: string;
  readonly bucket: number;
  readonly head: Head;
  /** Sorted: the system tags in their order, then the owner's as they were made. */
  readonly tagIds: readonly string[];
  readonly keywords: readonly string[];
  readonly isUnread: boolean;
  readonly level: Level | null;
  /** -10..10. */
  readonly importance: number;
  readonly isEncrypted: boolean;
  readonly isUnfinished: boolean;
  readonly deliveryKey: Uint8Array | null;
  /** Marks the words that it is found by, when they were replaced since its delivery. */
  readonly reworded: string | null;
  /** When its newest cell was written, in microseconds; read by whoever changes it. */
  readonly writtenAt: readonly (bigint | null)[];
}

/** The part of an email's row that never changes. */
export interface Head {
  readonly threadId: string;
  readonly discussion: string;
  readonly participants: readonly string[];
  readonly receivedAt: number;
  readonly sizeOctets: number;
  readonly isSealed: boolean;
  readonly hasAttachment: boolean;
  readonly sentAt: number;
  readonly subject: string;
  readonly originator: string;
  readonly destination: string;
  /** Names of the partitions of `link` in which the email stands. */
  readonly links: readonly string[];
}

/** The cell `head`: a list, because its names would be longer than its values. */
export function writeHead(head: Head): string {
  return JSON.stringify([
    head.threadId,
    head.discussion,
    head.participants,
    head.receivedAt,
    head.sizeOctets,
    head.isSealed ? 1 : 0,
    head.hasAttachment ? 1 : 0,
    head.sentAt,
    head.subject,
    head.originator,
    head.destination,
    head.links,
  ]);
}

function readHead(text: string): Head {
  const cell = JSON.parse(text) as [
    ...[string, string, string[], number, number, number, number, number, string, string, string, string[]],
  ];
  return {
    threadId: cell[0],
    discussion: cell[1],
    participants: cell[2],
    receivedAt: cell[3],
    sizeOctets: cell[4],
    isSealed: cell[5] === 1,
    hasAttachment: cell[6] === 1,
    sentAt: cell[7],
    subject: cell[8],
    originator: cell[9],
    destination: cell[10],
    links: cell[11],
  };
}

/** The parts of a head that follow from an email's detail. */
export function sortedBy(
  columns: SortColumns,
): Pick<Head, 'hasAttachment' | 'sentAt' | 'subject' | 'originator' | 'destination'> {
  return {
    hasAttachment: columns.attachment === 1,
    sentAt: columns.sentAt,
    subject: columns.subject,
    originator: columns.originator,
    destination: columns.destination,
  };
}

/** A row of `email` as the driver gives it. */
export interface EmailRecord {
  readonly id: string;
  readonly bucket: number;
  readonly head: string | null;
  readonly marks: Readonly<Record<string, boolean>> | null;
  readonly level: Level | null;
  readonly importance: number | null;
  readonly encrypted: boolean | null;
  readonly unfinished: boolean | null;
  readonly delivery_key: Uint8Array | null;
  readonly reworded: string | null;
  readonly marks_at?: readonly bigint[] | null;
  readonly level_at?: bigint | null;
  readonly importance_at?: bigint | null;
  readonly encrypted_at?: bigint | null;
  readonly unfinished_at?: bigint | null;
  readonly head_at?: bigint | null;
  readonly reworded_at?: bigint | null;
}

/** Columns of a light row. */
export const lightColumns =
  'id, bucket, head, marks, level, importance, encrypted, unfinished, delivery_key, reworded';

/** Columns of a light row for whoever changes it: with the times of its cells. */
export const changedColumns = `${lightColumns}, writetime(marks) as marks_at, writetime(level) as level_at,
  writetime(importance) as importance_at,
  writetime(encrypted) as encrypted_at, writetime(unfinished) as unfinished_at, writetime(head) as head_at,
  writetime(reworded) as reworded_at`;

const tagMark = 't';
const keywordMark = 'k';

/** The name of a tag's cell in `marks`. */
export function markOfTag(tagId: string): string {
  return tagMark + tagId;
}

/** The name of a keyword's cell in `marks`. */
export function markOfKeyword(keyword: string): string {
  return keywordMark + keyword;
}

/**
 * The light row; null for what is no email: cells that a change wrote behind a destruction. An email that two
 * processes took out of its last tags at once stands in the archive.
 */
export function toLightRow(record: EmailRecord): LightRow | null {
  if (record.head === null) return null;
  const tagIds: string[] = [];
  const keywords: string[] = [];
  for (const [mark, isSet] of Object.entries(record.marks ?? {})) {
    if (isSet) (mark.startsWith(tagMark) ? tagIds : keywords).push(mark.slice(1));
  }
  const { marks_at, level_at, importance_at, encrypted_at, unfinished_at, head_at, reworded_at } = record;
  return {
    id: record.id,
    bucket: record.bucket,
    head: readHead(record.head),
    tagIds: tagIds.length > 0 ? sortTags(tagIds) : ['archive'],
    keywords: keywords.sort(),
    isUnread: isUnread(keywords),
    level: record.level,
    importance: record.importance ?? 0,
    isEncrypted: record.encrypted === true,
    isUnfinished: record.unfinished === true,
    deliveryKey: record.delivery_key,
    reworded: record.reworded,
    writtenAt: [
      ...(marks_at ?? []),
      level_at ?? null,
      importance_at ?? null,
      encrypted_at ?? null,
      unfinished_at ?? null,
      head_at ?? null,
      reworded_at ?? null,
    ],
  };
}

const rank = new Map<string, number>(tagRoles.map((role, index) => [role, index]));

/** System tags in their order, then the others by id, which is by the time they were made. */
export function sortTags(tagIds: readonly string[]): string[] {
  const order = (id: string): string => `${rank.get(id) ?? 9}${id}`;
  return [...tagIds].sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

/** Neither seen nor a draft (RFC 8621 §2, unreadEmails). */
export function isUnread(keywords: readonly string[]): boolean {
  return !keywords.includes('$seen') && !keywords.includes('$draft');
}

/** Keywords as they are kept: each once, none with white space. */
export function cleanKeywords(keywords: Iterable<string>): string[] {
  return [...new Set(keywords)].filter(keyword => keyword !== '' && !/\s/.test(keyword)).sort();
}
