import type { EmailFilter } from '../../query.ts';
import type { SearchLeaf } from '../search/search-bucket.ts';
import type { LightRow } from './row.ts';
import type { Tally } from './tally.ts';

/** What a filter needs besides the row: looked up for the whole mailbox or for the row's bucket. */
export interface FilterContext {
  /** Emails of the bucket at hand that a search finds. */
  found(leaf: SearchLeaf): ReadonlySet<string>;
  threads(keyword: string): KeywordThreads;
}

/** Threads by one keyword of their emails. */
export interface KeywordThreads {
  /** With an email that has it. */
  readonly some: ReadonlySet<string>;
  /** With an email that has it not. */
  readonly lacking: ReadonlySet<string>;
}

type Test = (row: LightRow) => boolean;
type Keys<U> = U extends unknown ? keyof U : never;
type Of<K extends Keys<EmailFilter>> = Extract<EmailFilter, Record<K, unknown>>;

/** Whether a row meets a filter. */
export function meets(row: LightRow, filter: EmailFilter, context: FilterContext): boolean {
  if ('all' in filter) return filter.all.every(part => meets(row, part, context));
  if ('any' in filter) return filter.any.some(part => meets(row, part, context));
  if ('none' in filter) return !filter.none.some(part => meets(row, part, context));
  if ('search' in filter || 'fieldName' in filter) return context.found(filter).has(row.id);
  if ('threadKeyword' in filter) return meetsThread(row, filter, context);
  return testOf(filter)(row);
}

function meetsThread(
  { head }: LightRow,
  { threadKeyword, keyword }: Of<'threadKeyword'>,
  context: FilterContext,
): boolean {
  const { some, lacking } = context.threads(keyword);
  if (threadKeyword === 'none') return !some.has(head.threadId);
  if (threadKeyword === 'some') return some.has(head.threadId);
  return some.has(head.threadId) && !lacking.has(head.threadId);
}

function testOf(filter: EmailFilter): Test {
  for (const [key, make] of tests) if (key in filter) return make(filter as never);
  return () => false;
}

/** One row per condition. */
const tests: readonly (readonly [string, (filter: never) => Test])[] = [
  [
    'tag',
    ({ tag }: Of<'tag'>) =>
      row =>
        row.tagIds.includes(tag),
  ],
  [
    'tagOtherThan',
    ({ tagOtherThan }: Of<'tagOtherThan'>) =>
      row =>
        row.tagIds.some(tag => !tagOtherThan.includes(tag)),
  ],
  [
    'before',
    ({ before }: Of<'before'>) =>
      row =>
        row.head.receivedAt < before.getTime(),
  ],
  [
    'after',
    ({ after }: Of<'after'>) =>
      row =>
        row.head.receivedAt >= after.getTime(),
  ],
  [
    'minSizeOctets',
    ({ minSizeOctets }: Of<'minSizeOctets'>) =>
      row =>
        row.head.sizeOctets >= minSizeOctets,
  ],
  [
    'maxSizeOctets',
    ({ maxSizeOctets }: Of<'maxSizeOctets'>) =>
      row =>
        row.head.sizeOctets < maxSizeOctets,
  ],
  [
    'keyword',
    ({ keyword }: Of<'keyword'>) =>
      row =>
        row.keywords.includes(keyword),
  ],
  [
    'noKeyword',
    ({ noKeyword }: Of<'noKeyword'>) =>
      row =>
        !row.keywords.includes(noKeyword),
  ],
  [
    'hasAttachment',
    ({ hasAttachment }: Of<'hasAttachment'>) =>
      row =>
        row.head.hasAttachment === hasAttachment,
  ],
  [
    'discussion',
    ({ discussion }: Of<'discussion'>) =>
      row =>
        row.head.discussion === discussion,
  ],
  [
    'level',
    ({ level }: Of<'level'>) =>
      row =>
        row.level === level,
  ],
  [
    'sealed',
    ({ sealed }: Of<'sealed'>) =>
      row =>
        row.head.isSealed === sealed,
  ],
];

/** The searches in a filter. */
export function searchesIn(filter: EmailFilter | null): SearchLeaf[] {
  if (filter === null) return [];
  if ('search' in filter || 'fieldName' in filter) return [filter];
  return partsOf(filter).flatMap(searchesIn);
}

/** Searches of which each must find an email for the filter to let it through. */
export function requiredSearches(filter: EmailFilter | null): SearchLeaf[] {
  if (filter === null) return [];
  if ('search' in filter || 'fieldName' in filter) return [filter];
  return 'all' in filter ? filter.all.flatMap(requiredSearches) : [];
}

/** Whether searches alone decide, and what they find has in it all that the filter lets through. */
export function isSearchAlone(filter: EmailFilter): boolean {
  return isOfSearches(filter) && isBounded(filter);
}

function isOfSearches(filter: EmailFilter): boolean {
  if ('search' in filter || 'fieldName' in filter) return true;
  return ('all' in filter || 'any' in filter || 'none' in filter) && partsOf(filter).every(isOfSearches);
}

function isBounded(filter: EmailFilter): boolean {
  if ('all' in filter) return filter.all.some(isBounded);
  if ('any' in filter) return filter.any.every(isBounded);
  return !('none' in filter);
}

/** The emails that a filter of searches alone lets through, by what each of them finds. */
export function foundBy(filter: EmailFilter, found: FilterContext['found']): string[] {
  const candidates = new Set(searchesIn(filter).flatMap(leaf => [...found(leaf)]));
  return [...candidates].filter(id => isFoundBy(id, filter, found));
}

function isFoundBy(id: string, filter: EmailFilter, found: FilterContext['found']): boolean {
  if ('search' in filter || 'fieldName' in filter) return found(filter).has(id);
  if ('all' in filter) return filter.all.every(part => isFoundBy(id, part, found));
  const isAny = partsOf(filter).some(part => isFoundBy(id, part, found));
  return 'any' in filter ? isAny : !isAny;
}

/** Keywords that are asked about whole threads. */
export function threadKeywordsIn(filter: EmailFilter | null): string[] {
  if (filter === null) return [];
  if ('threadKeyword' in filter) return [filter.keyword];
  return partsOf(filter).flatMap(threadKeywordsIn);
}

function partsOf(filter: EmailFilter): readonly EmailFilter[] {
  if ('all' in filter) return filter.all;
  if ('any' in filter) return filter.any;
  return 'none' in filter ? filter.none : [];
}

/** A bucket as far as it is known without reading its rows. */
export interface Outline {
  /** Null where it would have to be counted first. */
  readonly tally: Tally | null;
  /** Emails of it were received from this instant on, and before that one. */
  readonly from: number;
  readonly until: number;
}

/** False when no email of the bucket can meet the filter. */
export function mayMeet(outline: Outline, filter: EmailFilter): boolean {
  if ('all' in filter) return filter.all.every(part => mayMeet(outline, part));
  if ('any' in filter) return filter.any.some(part => mayMeet(outline, part));
  if ('before' in filter) return outline.from < filter.before.getTime();
  if ('after' in filter) return outline.until > filter.after.getTime();
  const { tally } = outline;
  if (!tally) return true;
  if ('tag' in filter) return filter.tag in tally.tags;
  if ('discussion' in filter) return filter.discussion in tally.discussions;
  if ('sealed' in filter && filter.sealed) return tally.sealed > 0;
  if ('keyword' in filter && !('threadKeyword' in filter)) return filter.keyword in tally.keywords;
  return true;
}
