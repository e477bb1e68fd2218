import { firstPlace } from '../../ids.ts';
import type { EmailFilter } from '../../query.ts';
import { type Fragment, join, raw, sql } from './fragment.ts';

/** What a filter is read against. */
export interface FilterContext {
  readonly account: number;
  /** The number of the tag with this id; undefined when there is none. */
  readonly tagNumber: (id: string) => number | undefined;
  /** A name under which `search_hit` knows the emails that a search filter finds. */
  readonly hits: (filter: EmailFilter) => number;
  /** True when the filter is one that `hits` takes whole. */
  readonly isSearch: (filter: EmailFilter) => boolean;
  /** True when some of these hits may not meet the filter. */
  readonly isLoose: (filter: EmailFilter) => boolean;
}

/** A condition on the row `alias` of `email`. */
export function filterToSql(filter: EmailFilter, alias: string, context: FilterContext): Fragment {
  if (context.isSearch(filter)) {
    const hit = sql`search_hit(${context.hits(filter)}, ${raw(`${alias}.place`)})`;
    return context.isLoose(filter) ? sql`(${hit} and ${secondLook(filter, alias)})` : hit;
  }
  for (const [key, condition] of conditions) {
    if (key in filter) return condition(filter as never, alias, context);
  }
  return raw('0');
}

type Condition = (filter: never, alias: string, context: FilterContext) => Fragment;
type Of<Key extends PropertyKey> = Extract<EmailFilter, Record<Key, unknown>>;

function parts(filters: readonly EmailFilter[], alias: string, context: FilterContext): Fragment[] {
  return filters.map(filter => filterToSql(filter, alias, context));
}

function column(alias: string, name: string): Fragment {
  return raw(`${alias}.${name}`);
}

function has(alias: string, keyword: string): Fragment {
  return sql`instr(${column(alias, 'keywords')}, ${` ${keyword} `}) > 0`;
}

/** One row per member of `EmailFilter`; `threadKeyword` stands before `keyword`, which it holds, too. */
const conditions: readonly (readonly [string, Condition])[] = [
  ['all', ({ all }: Of<'all'>, alias, context) => join(parts(all, alias, context), ' and ', '1')],
  ['any', ({ any }: Of<'any'>, alias, context) => join(parts(any, alias, context), ' or ', '0')],
  [
    'none',
    ({ none }: Of<'none'>, alias, context) => sql`not (${join(parts(none, alias, context), ' or ', '0')})`,
  ],
  ['tag', ({ tag }: Of<'tag'>, alias, context) => tagCondition(tag, alias, context)],
  [
    'tagOtherThan',
    ({ tagOtherThan }: Of<'tagOtherThan'>, alias, context) => otherTags(tagOtherThan, alias, context),
  ],
  ['before', ({ before }: Of<'before'>, alias) => beforeCondition(before, alias)],
  ['after', ({ after }: Of<'after'>, alias) => afterCondition(after, alias)],
  [
    'minSizeOctets',
    (filter: Of<'minSizeOctets'>, alias) => sql`${column(alias, 'size')} >= ${filter.minSizeOctets}`,
  ],
  [
    'maxSizeOctets',
    (filter: Of<'maxSizeOctets'>, alias) => sql`${column(alias, 'size')} < ${filter.maxSizeOctets}`,
  ],
  ['threadKeyword', threadCondition],
  ['keyword', ({ keyword }: { keyword: string }, alias) => has(alias, keyword)],
  ['noKeyword', ({ noKeyword }: Of<'noKeyword'>, alias) => sql`not (${has(alias, noKeyword)})`],
  ['hasAttachment', (filter: Of<'hasAttachment'>, alias) => flag(alias, 'attachment', filter.hasAttachment)],
  [
    'discussion',
    (filter: Of<'discussion'>, alias) => sql`${column(alias, 'discussion')} = ${filter.discussion}`,
  ],
  ['level', (filter: Of<'level'>, alias) => sql`${column(alias, 'level')} is ${filter.level}`],
  ['sealed', (filter: Of<'sealed'>, alias) => flag(alias, 'sealed', filter.sealed)],
];

function flag(alias: string, name: string, isSet: boolean): Fragment {
  return sql`${column(alias, name)} = ${isSet ? 1 : 0}`;
}

function tagCondition(tag: string, alias: string, context: FilterContext): Fragment {
  return sql`instr(${column(alias, 'tags')}, ${`,${context.tagNumber(tag) ?? '-'},`}) > 0`;
}

/** What is left of `,1,5,` when the listed tags are cut out is more than a comma. */
function otherTags(listed: readonly string[], alias: string, context: FilterContext): Fragment {
  let rest = column(alias, 'tags');
  for (const id of listed) {
    const number = context.tagNumber(id);
    if (number !== undefined) rest = sql`replace(${rest}, ${`,${number},`}, ',')`;
  }
  return sql`${rest} <> ','`;
}

/** Places lent from a later millisecond reach at most this far. */
const lendingMilliseconds = 60_000;

function beforeCondition(before: Date, alias: string): Fragment {
  const bound = firstPlace(before.getTime() + lendingMilliseconds);
  return sql`${column(alias, 'place')} <= ${bound} and ${column(alias, 'received_at')} < ${before.getTime()}`;
}

function afterCondition(after: Date, alias: string): Fragment {
  const bound = firstPlace(after.getTime());
  return sql`${column(alias, 'place')} >= ${bound} and ${column(alias, 'received_at')} >= ${after.getTime()}`;
}

function threadCondition(
  { threadKeyword, keyword }: Of<'threadKeyword'>,
  alias: string,
  { account }: FilterContext,
): Fragment {
  const thread = column(alias, 'thread');
  const inner = `${alias}k`;
  const inThread = sql`select 1 from email ${raw(inner)} indexed by email_thread
    where ${column(inner, 'account')} = ${account} and ${column(inner, 'thread')} = ${thread}`;
  if (keyword === '$seen') {
    // Few are unseen, most are seen: the short list is looked up once, the long one thread by thread.
    if (threadKeyword === 'all') return sql`${thread} not in (${unseenThreads(account)})`;
    const some = sql`exists (${inThread} and ${column(inner, 'seen')} = 1)`;
    return threadKeyword === 'some' ? some : sql`not ${some}`;
  }
  const some = sql`${thread} in (select w.thread from email_keyword k
    cross join email w on w.account = k.account and w.place = k.place
    where k.account = ${account} and k.keyword = ${keyword})`;
  if (threadKeyword === 'none') return sql`not (${some})`;
  if (threadKeyword === 'some') return some;
  return sql`(${some} and not exists (${inThread} and not (${has(inner, keyword)})))`;
}

function unseenThreads(account: number): Fragment {
  return sql`select u.thread from email u indexed by email_unseen where u.account = ${account} and u.seen = 0`;
}

/** Whether every email of the thread, or some, has the keyword: for sorting. */
export function threadKeywordSql(
  which: 'all' | 'some',
  keyword: string,
  alias: string,
  context: FilterContext,
): Fragment {
  return threadCondition({ threadKeyword: which, keyword }, alias, context);
}

/** Whether an email among the hits of a loose filter meets it: its header block is read. */
export function secondLook(filter: EmailFilter, alias: string): Fragment {
  if (!('fieldName' in filter)) return raw('1');
  return sql`field_matches(${column(alias, 'account')}, ${column(alias, 'seq')}, ${filter.fieldName},
    ${filter.contains ?? null})`;
}
