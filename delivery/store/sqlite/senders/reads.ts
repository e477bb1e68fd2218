import { type DayCounts, sumCounts } from '../../sender-counts.ts';
import type { SenderCounts } from '../../store.ts';
import type { ReadContext } from '../threads/context.ts';

/** `Senders.getSenderCounts`. */
export function getSenderCounts(
  { directory }: ReadContext,
  keys: readonly string[],
  at: Date,
): SenderCounts[] {
  const rows = directory.all<DayCounts>(
    `select key, day, wanted, unwanted, first, last from sender_count
     where key in (select value from json_each(?))`,
    JSON.stringify(keys),
  );
  return sumCounts(rows, at);
}
