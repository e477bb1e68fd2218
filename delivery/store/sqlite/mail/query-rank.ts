import type { Database } from '../database.ts';
import { allMail, firstOfMonth, monthOf } from './ledger.ts';

/** A list of emails whose counts by month are kept: all mail or one tag, by place. */
export interface CountedList {
  readonly database: Database;
  readonly account: number;
  /** `allMail` or the tag's number. */
  readonly tag: number;
  readonly ascending: boolean;
}

interface Month {
  readonly month: number;
  readonly emails: number;
}

function monthsOf({ database, account, tag, ascending }: CountedList): Month[] {
  return database.all<Month>(
    `select month, emails from tag_month where account = ? and tag = ? and emails > 0
     order by month ${ascending ? 'asc' : 'desc'}`,
    account,
    tag,
  );
}

/** The place of the list's row with this index (from 0); null behind the end. Steps within one month alone. */
export function placeAt(list: CountedList, index: number): number | null {
  let left = index;
  for (const { month, emails } of monthsOf(list)) {
    if (left < emails) return placeInMonth(list, month, left);
    left -= emails;
  }
  return null;
}

function placeInMonth(list: CountedList, month: number, index: number): number | null {
  const { from, where, values } = monthRows(list, month);
  const row = list.database.get<{ place: number }>(
    `select place from ${from} where ${where} order by place ${list.ascending ? 'asc' : 'desc'} limit 1 offset ?`,
    ...values,
    index,
  );
  return row?.place ?? null;
}

/** How many rows of the list stand before this place. */
export function rankOf(list: CountedList, place: number): number {
  const own = monthOf(place);
  let rank = 0;
  for (const { month, emails } of monthsOf(list)) {
    if (list.ascending ? month < own : month > own) rank += emails;
  }
  const { from, where, values } = monthRows(list, own);
  const within = list.database.get<{ rows: number }>(
    `select count(*) rows from ${from} where ${where} and place ${list.ascending ? '<' : '>'} ?`,
    ...values,
    place,
  );
  return rank + (within?.rows ?? 0);
}

/** The rows of one month: keys alone are walked. */
function monthRows(
  { account, tag }: CountedList,
  month: number,
): { from: string; where: string; values: number[] } {
  const [from, where, key] =
    tag === allMail
      ? ['email', 'account = ?', [account]]
      : ['email_tag', 'account = ? and tag = ?', [account, tag]];
  return {
    from,
    where: `${where} and place >= ? and place < ?`,
    values: [...key, firstOfMonth(month), firstOfMonth(month + 1)],
  };
}
