import type { EmailFilter } from './query.ts';
import type { EmailQuery } from './store.ts';

/** Header fields that stand outside of sealed mail. */
const outerFields = new Set(['from', 'to', 'cc', 'date', 'message-id']);

/** Whether the filter or the order depends on what sealed mail keeps from us: then it is left out, or stands anywhere. */
export function asksInside({ filter, sort }: Pick<EmailQuery, 'filter' | 'sort'>): boolean {
  return sort.some(({ key }) => key === 'subject') || (filter !== null && isAboutInside(filter));
}

function isAboutInside(filter: EmailFilter): boolean {
  if ('all' in filter) return filter.all.some(isAboutInside);
  if ('any' in filter) return filter.any.some(isAboutInside);
  if ('none' in filter) return filter.none.some(isAboutInside);
  if ('fieldName' in filter) return !outerFields.has(filter.fieldName.toLowerCase());
  return 'hasAttachment' in filter;
}
