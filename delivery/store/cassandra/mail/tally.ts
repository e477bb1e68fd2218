import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { LightRow } from './row.ts';

/** How many emails and unread ones. */
export type Count = [emails: number, unread: number];

/** One thread's part in a bucket: emails by tag, unread ones in a tag other than trash, unread ones in trash. */
export type ThreadPart = [tags: Record<string, number>, unread: number, unreadTrash: number];

/** Emails, unread ones, and the newest email of a discussion in a bucket; the newest of each tag in which it stands. */
export type DiscussionPart = [
  emails: number,
  unread: number,
  lastEmailId: string,
  lastByTag: Record<string, string>,
];

/** Layout of the cell; one of another is counted anew. */
const tallyLayout = 2;

/** What is counted of the emails of one bucket: all that a list of tags or discussions needs of it. */
export interface Tally {
  readonly emails: number;
  readonly octets: number;
  readonly sealed: number;
  readonly unfinished: number;
  readonly tags: Readonly<Record<string, Count>>;
  readonly keywords: Readonly<Record<string, number>>;
  readonly threads: Readonly<Record<string, ThreadPart>>;
  readonly discussions: Readonly<Record<string, DiscussionPart>>;
}

/** Counts the emails of a bucket. */
export function countRows(rows: Iterable<LightRow>): Tally {
  const tags = new Map<string, Count>();
  const keywords = new Map<string, number>();
  const threads = new Map<string, ThreadPart>();
  const discussions = new Map<string, DiscussionPart>();
  const sum = { emails: 0, octets: 0, sealed: 0, unfinished: 0 };
  for (const row of rows) {
    sum.emails += 1;
    sum.octets += row.head.sizeOctets;
    sum.sealed += row.head.isSealed ? 1 : 0;
    sum.unfinished += row.isUnfinished ? 1 : 0;
    for (const keyword of row.keywords) keywords.set(keyword, (keywords.get(keyword) ?? 0) + 1);
    for (const tag of row.tagIds) addCount(tags, tag, row.isUnread);
    addToThread(threads, row);
    addToDiscussion(discussions, row);
  }
  return {
    ...sum,
    tags: Object.fromEntries(tags),
    keywords: Object.fromEntries(keywords),
    threads: Object.fromEntries(threads),
    discussions: Object.fromEntries(discussions),
  };
}

function addCount(counts: Map<string, Count>, key: string, isUnread: boolean): void {
  const count = counts.get(key) ?? [0, 0];
  count[0] += 1;
  count[1] += isUnread ? 1 : 0;
  counts.set(key, count);
}

function addToThread(threads: Map<string, ThreadPart>, { head, tagIds, isUnread }: LightRow): void {
  const part: ThreadPart = threads.get(head.threadId) ?? [{}, 0, 0];
  for (const tag of tagIds) part[0][tag] = (part[0][tag] ?? 0) + 1;
  if (isUnread && tagIds.some(tag => tag !== 'trash')) part[1] += 1;
  if (isUnread && tagIds.includes('trash')) part[2] += 1;
  threads.set(head.threadId, part);
}

function addToDiscussion(
  discussions: Map<string, DiscussionPart>,
  { id, head, tagIds, isUnread }: LightRow,
): void {
  const part: DiscussionPart = discussions.get(head.discussion) ?? [0, 0, id, {}];
  part[0] += 1;
  part[1] += isUnread ? 1 : 0;
  if (id > part[2]) part[2] = id;
  for (const tag of tagIds) if (id > (part[3][tag] ?? '')) part[3][tag] = id;
  discussions.set(head.discussion, part);
}

/** The cell `tally`. */
export function writeTally(tally: Tally): Uint8Array {
  return zstdCompressSync(JSON.stringify({ ...tally, layout: tallyLayout }));
}

/** What `writeTally` was given; null when it is none, so that it is counted anew. */
export function readTally(cell: Uint8Array): Tally | null {
  try {
    const { layout, ...tally } = JSON.parse(zstdDecompressSync(cell).toString()) as Tally & {
      layout?: number;
    };
    return layout === tallyLayout ? tally : null;
  } catch {
    return null; // A cell of another layout: the rows are the truth.
  }
}

/** Counts of one tag in a whole account. */
export interface TagCounts {
  totalEmails: number;
  unreadEmails: number;
  totalThreads: number;
  unreadThreads: number;
}

/** The tallies of all buckets of an account, added up. */
export interface Books {
  readonly emails: number;
  readonly octets: number;
  readonly sealed: number;
  readonly tags: ReadonlyMap<string, TagCounts>;
  /** By key. */
  readonly discussions: ReadonlyMap<string, DiscussionPart>;
}

/** Sums over buckets. */
export function sumUp(tallies: readonly Tally[]): Pick<Books, 'emails' | 'octets' | 'sealed'> {
  const sum = { emails: 0, octets: 0, sealed: 0 };
  for (const { emails, octets, sealed } of tallies) {
    sum.emails += emails;
    sum.octets += octets;
    sum.sealed += sealed;
  }
  return sum;
}

/** Adds up. A thread counts once in each of its tags, in whatever buckets its emails lie (RFC 8621 §2). */
export function addUp(tallies: readonly Tally[]): Books {
  const tags = new Map<string, TagCounts>();
  const threads = new Map<string, ThreadPart>();
  for (const tally of tallies) {
    for (const [tag, [emails, unread]] of Object.entries(tally.tags)) {
      const counts = countsOf(tags, tag);
      counts.totalEmails += emails;
      counts.unreadEmails += unread;
    }
    for (const [thread, part] of Object.entries(tally.threads)) joinThread(threads, thread, part);
  }
  for (const [partTags, unread, unreadTrash] of threads.values()) {
    for (const tag of Object.keys(partTags)) {
      const counts = countsOf(tags, tag);
      counts.totalThreads += 1;
      counts.unreadThreads += (tag === 'trash' ? unreadTrash : unread) > 0 ? 1 : 0;
    }
  }
  return { ...sumUp(tallies), tags, discussions: discussionsOf(tallies) };
}

/** The discussions of all buckets, by key. */
export function discussionsOf(tallies: readonly Tally[]): Map<string, DiscussionPart> {
  const discussions = new Map<string, DiscussionPart>();
  for (const tally of tallies)
    for (const [key, part] of Object.entries(tally.discussions)) joinDiscussion(discussions, key, part);
  return discussions;
}

function countsOf(tags: Map<string, TagCounts>, tag: string): TagCounts {
  const counts = tags.get(tag) ?? { totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0 };
  tags.set(tag, counts);
  return counts;
}

function joinThread(threads: Map<string, ThreadPart>, thread: string, part: ThreadPart): void {
  const known = threads.get(thread);
  threads.set(thread, known ? [{ ...known[0], ...part[0] }, known[1] + part[1], known[2] + part[2]] : part);
}

function joinDiscussion(discussions: Map<string, DiscussionPart>, key: string, part: DiscussionPart): void {
  const known = discussions.get(key);
  if (!known) discussions.set(key, part);
  else {
    const last = known[2] > part[2] ? known[2] : part[2];
    const lastByTag = { ...known[3] };
    for (const [tag, id] of Object.entries(part[3])) if (id > (lastByTag[tag] ?? '')) lastByTag[tag] = id;
    discussions.set(key, [known[0] + part[0], known[1] + part[1], last, lastByTag]);
  }
}
