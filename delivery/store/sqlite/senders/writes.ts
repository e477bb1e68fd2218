import { dayOf, keptDays, type SenderChange } from '../../sender-counts.ts';
import type { WriteContext } from '../threads/context.ts';

/** `Senders.addSenderCounts`. */
export function addSenderCounts(
  { database }: WriteContext,
  changes: readonly SenderChange[],
  at: Date,
): void {
  for (const { key, wanted, unwanted } of changes)
    database.run(
      `insert into sender_count(key, day, wanted, unwanted, first, last) values (?, ?, ?, ?, ?, ?)
       on conflict do update set wanted = wanted + excluded.wanted, unwanted = unwanted + excluded.unwanted,
         first = min(first, excluded.first), last = max(last, excluded.last)`,
      key,
      dayOf(at),
      wanted,
      unwanted,
      at.getTime(),
      at.getTime(),
    );
}

/** A row of `sight`, in milliseconds. */
interface Sight {
  readonly first: number;
  readonly last: number;
}

/** `Senders.noteSight`. */
export function noteSight(
  { database }: WriteContext,
  sight: { readonly key: string; readonly at: Date; readonly keepSeconds: number },
): { firstSeenAt: Date; lastSeenAt: Date | null } {
  const { key } = sight;
  const at = sight.at.getTime();
  const kept = sight.keepSeconds * 1000;
  const row = database.get<Sight>('select first, last from sight where key = ?', key);
  const known = row && row.last + kept >= at ? row : null;
  const first = Math.min(known?.first ?? at, at);
  const last = Math.max(known?.last ?? at, at);
  database.run(
    'insert or replace into sight(key, first, last, until) values (?, ?, ?, ?)',
    key,
    first,
    last,
    last + kept,
  );
  return { firstSeenAt: new Date(first), lastSeenAt: known && new Date(known.last) };
}

/** Rows deleted in one transaction. */
const atOnce = 500;

/** Forgets counts that weigh nothing any more, and sights whose time is over; true when some are left. */
export function sweepSenders({ database, now }: WriteContext): boolean {
  const counts = database.run(
    `delete from sender_count where (key, day) in (select key, day from sender_count where day <= ? limit ${atOnce})`,
    dayOf(new Date(now)) - keptDays,
  );
  const sights = database.run(
    `delete from sight where key in (select key from sight where until < ? limit ${atOnce})`,
    now,
  );
  return counts === atOnce || sights === atOnce;
}
