import type { EmailSort } from '../../../delivery/store/query.ts';
import type { Comparator } from './arguments.ts';
import { checkCollation } from './collation.ts';
import { MethodError } from './errors.ts';

/** `emailQuerySortOptions` of the mail capability: what RFC 8621 §4.4.2 calls each key of the store. */
export const sortOptions: Readonly<Record<string, EmailSort['key']>> = {
  receivedAt: 'receivedAt',
  sentAt: 'sentAt',
  size: 'size',
  from: 'originator',
  to: 'destination',
  subject: 'subject',
  hasKeyword: 'keyword',
  allInThreadHaveKeyword: 'threadKeywordAll',
  someInThreadHaveKeyword: 'threadKeywordSome',
};

/** Sort criteria for the store, newest first when none is given; throws `unsupportedSort`, `invalidArguments`. */
export function readSort(sort: readonly Comparator[] | null): EmailSort[] {
  if (!sort || sort.length === 0) return [{ key: 'receivedAt', ascending: false }];
  return sort.map(comparator => {
    const { property, isAscending, keyword, collation } = comparator;
    const key = Object.hasOwn(sortOptions, property) ? sortOptions[property] : undefined;
    if (!key) throw new MethodError('unsupportedSort', `cannot sort by ${property.slice(0, 40)}`);
    checkCollation(collation);
    if (!property.endsWith('Keyword')) return { key, ascending: isAscending };
    if (typeof keyword !== 'string') {
      throw new MethodError('invalidArguments', `${property} needs a keyword`, { arguments: ['sort'] });
    }
    return { key, ascending: isAscending, keyword: keyword.toLowerCase() };
  });
}
