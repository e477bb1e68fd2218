import { decodeCursor, encodeCursor, pageSize } from '../../page.ts';
import type { DiscussionPage, DiscussionRequest } from '../../store.ts';
import { toDiscussion } from './discussions.ts';
import type { ReadParts } from './reads.ts';
import { type DiscussionPart, discussionsOf } from './tally.ts';

/** A discussion by its key, and the email that shows it. */
type Shown = readonly [key: string, emailId: string];

type Discussions = ReadonlyMap<string, DiscussionPart>;

/**
 * `Mail.listDiscussions`: from the counts of the buckets, without walking the mail, unless it is asked for what only
 * the emails themselves tell: then `total` stays null.
 */
export async function listDiscussions(
  parts: ReadParts,
  accountId: string,
  asked: DiscussionRequest,
): Promise<DiscussionPage> {
  const limit = pageSize(asked);
  const { buckets, emails } = parts;
  const [, discussions] = await Promise.all([
    emails.account(accountId),
    buckets.list(accountId).then(async list => discussionsOf(await buckets.tallies(accountId, list))),
  ]);
  const isWalked = needsRows(asked);
  const list = isWalked
    ? await walked(parts, { accountId, asked, discussions, limit })
    : counted(discussions, asked);
  const { start, position } = startOf(list, asked);
  const page = list.slice(start, start + limit);
  const rows = await emails.find(
    accountId,
    page.map(([, id]) => id),
  );
  const last = page.at(-1);
  return {
    items: page.flatMap(([key, id]) => {
      const row = rows.get(id);
      return row ? (toDiscussion(row, discussions.get(key)) ?? []) : [];
    }),
    next: list.length > start + limit && last ? encodeCursor([last[1]]) : null,
    position,
    total: asked.calculateTotal && !isWalked ? list.length : null,
  };
}

function needsRows({ tagIds = [], level, minImportance, participants }: DiscussionRequest): boolean {
  return tagIds.length > 1 || [level, minImportance, participants].some(asked => asked !== undefined);
}

function counted(discussions: Discussions, { tagIds, unreadOnly }: DiscussionRequest): Shown[] {
  const tagId = tagIds?.[0];
  const shown: Shown[] = [];
  for (const [key, [, unread, lastEmailId, lastByTag]] of discussions) {
    const id = tagId === undefined ? lastEmailId : lastByTag[tagId];
    if (id !== undefined && (unread > 0 || !unreadOnly)) shown.push([key, id]);
  }
  return shown.sort(([, one], [, other]) => (one < other ? 1 : -1));
}

interface Walk {
  readonly accountId: string;
  readonly asked: DiscussionRequest;
  readonly discussions: Discussions;
  readonly limit: number;
}

/** Walks the emails newest first: one stands for its discussion unless a newer one does. Ends behind the page. */
async function walked(
  { walks }: ReadParts,
  { accountId, asked, discussions, limit }: Walk,
): Promise<Shown[]> {
  const { tagIds = [], level, minImportance = -10, unreadOnly } = asked;
  const names = asked.participants && new Set(asked.participants);
  const filter = tagIds.length > 0 ? { all: tagIds.map(tag => ({ tag })) } : null;
  const seen = new Set<string>();
  const shown: Shown[] = [];
  for await (const rows of walks.find({ accountId, filter, ascending: false, threads: new Map() })) {
    for (const { id, head, level: own, importance } of rows) {
      const key = head.discussion;
      if (seen.has(key)) continue;
      seen.add(key);
      const isUnread = (discussions.get(key)?.[1] ?? 0) > 0;
      if ((unreadOnly && !isUnread) || (level && own !== level) || importance < minImportance) continue;
      if (names && !head.participants.some(name => names.has(name))) continue;
      shown.push([key, id]);
    }
    if (shown.length > startOf(shown, asked).start + limit && isReached(shown, asked)) break;
  }
  return shown;
}

/** Whether the walk has come to where the page begins. */
function isReached(shown: readonly Shown[], asked: DiscussionRequest): boolean {
  const begin = asked.anchor ?? decodeCursor(asked)?.[0] ?? null;
  return begin === null || (shown.at(-1)?.[1] ?? '~') <= String(begin);
}

/** Where the page begins among all; `position` is null behind a cursor. */
function startOf(
  list: readonly Shown[],
  asked: DiscussionRequest,
): { readonly start: number; readonly position: number | null } {
  const cursor = decodeCursor(asked)?.[0] ?? null;
  if (cursor !== null) return { start: countBefore(list, id => id >= String(cursor)), position: null };
  const { anchor, skip = 0 } = asked;
  const start = Math.max(0, (anchor ? countBefore(list, id => id > anchor) : 0) + skip);
  return { start, position: start };
}

function countBefore(list: readonly Shown[], isBefore: (id: string) => boolean): number {
  const index = list.findIndex(([, id]) => !isBefore(id));
  return index < 0 ? list.length : index;
}
