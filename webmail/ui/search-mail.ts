import type { RowPage } from './list-rows.ts';
import {
  type Asking,
  asPrefix,
  type EmailRow,
  narrowing,
  queryEmails,
  type TimelineQuestion,
} from './mail.ts';

/** Messages that a search finds, newest first. */
export async function searchEmails(
  asking: Asking,
  {
    text,
    filter,
    from,
    limit,
  }: Pick<TimelineQuestion, 'filter' | 'from' | 'limit'> & { readonly text: string },
): Promise<RowPage<EmailRow>> {
  const conditions = [{ query: asPrefix(text) }, ...narrowing(filter)];
  const position = 'position' in from ? from.position : 0;
  const { emails, total, hasMore } = await queryEmails(
    asking,
    { operator: 'AND', conditions },
    { position, limit },
  );
  return { rows: emails, position, total, hasMore };
}
