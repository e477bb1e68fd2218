import type { EmailFilter } from '../../query.ts';
import { type Fragment, raw, sql } from './fragment.ts';
import type { FilterContext } from './query-filter.ts';

/** The list that a query walks: the narrowest index that its filter names. */
export interface Driver {
  readonly from: Fragment;
  readonly where: Fragment;
  /** The table that is walked by place: SQLite sorts again what is ordered by the places of the other. */
  readonly walked: 'e' | 't';
}

/** The conditions that must all hold; a search that is looked up whole stays whole. */
export function conjuncts(
  filter: EmailFilter | null,
  isSearch: (filter: EmailFilter) => boolean,
): EmailFilter[] {
  if (filter === null) return [];
  if (isSearch(filter) || !('all' in filter)) return [filter];
  return filter.all.flatMap(part => conjuncts(part, isSearch));
}

type Choice = (filters: readonly EmailFilter[], context: FilterContext) => Driver | null;

/** From the narrowest to the widest. */
const choices: readonly Choice[] = [
  (filters, { account }) => {
    const discussion = filters.find(filter => 'discussion' in filter);
    return discussion
      ? {
          from: raw('email e indexed by email_discussion'),
          where: sql`e.account = ${account} and e.discussion = ${discussion.discussion}`,
          walked: 'e',
        }
      : null;
  },
  (filters, { account }) => {
    const keyword = filters.find(
      filter => 'keyword' in filter && !('threadKeyword' in filter) && filter.keyword !== '$seen',
    );
    return keyword && 'keyword' in keyword
      ? {
          from: raw('email_keyword t cross join email e on e.account = t.account and e.place = t.place'),
          where: sql`t.account = ${account} and t.keyword = ${keyword.keyword}`,
          walked: 't',
        }
      : null;
  },
  (filters, context) => tagDriver(filters, context),
  (filters, { account }) =>
    filters.some(isUnseen)
      ? {
          from: raw('email e indexed by email_unseen'),
          where: sql`e.account = ${account} and e.seen = 0`,
          walked: 'e',
        }
      : null,
];

function isUnseen(filter: EmailFilter): boolean {
  return 'noKeyword' in filter && filter.noKeyword === '$seen';
}

function tagDriver(filters: readonly EmailFilter[], context: FilterContext): Driver | null {
  const tag = filters.find(filter => 'tag' in filter);
  if (!tag) return null;
  const unseen = filters.some(isUnseen);
  const index = raw(unseen ? 'indexed by email_tag_unseen' : '');
  return {
    from: sql`email_tag t ${index} cross join email e on e.account = t.account and e.place = t.place`,
    where: sql`t.account = ${context.account} and t.tag = ${context.tagNumber(tag.tag) ?? -1}
      ${raw(unseen ? 'and t.seen = 0' : '')}`,
    walked: 't',
  };
}

/** The emails that a search found, given as JSON. */
export function hitDriver(account: number, hits: string): Driver {
  return {
    from: sql`json_each(${hits}) h cross join email e on e.account = ${account} and e.place = h.value`,
    where: raw('1'),
    walked: 'e',
  };
}

/** All mail. */
export function mailDriver(account: number): Driver {
  return { from: raw('email e'), where: sql`e.account = ${account}`, walked: 'e' };
}

/** The list for these conditions. */
export function driverOf(filters: readonly EmailFilter[], context: FilterContext): Driver {
  for (const choose of choices) {
    const driver = choose(filters, context);
    if (driver) return driver;
  }
  return mailDriver(context.account);
}
