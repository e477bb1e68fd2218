import { uploadMilliseconds } from '../../quota.ts';
import type { Database } from '../database.ts';

/** Octets of uploads whose day is over: they count no more. */
export function sweepableOctets(database: Database, account: number, now: number): number {
  const old = database.get<{ octets: number }>(
    'select coalesce(sum(size), 0) octets from upload where account = ? and created < ?',
    account,
    now - uploadMilliseconds,
  );
  return old?.octets ?? 0;
}
