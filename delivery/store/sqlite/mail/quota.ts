import type { Database } from '../database.ts';

/** Uploads are kept at least this long. */
export const uploadMilliseconds = 86_400_000;

/** Whether an account with this quota takes `sizeOctets` more; uploads that wait for an email count, too. */
export function isWithinQuota(
  quota: number | null,
  held: { readonly used: number; readonly uploaded: number },
  sizeOctets: number,
): boolean {
  return quota === null || held.used + held.uploaded + sizeOctets <= quota;
}

/** Octets of uploads whose day is over: they count no more. */
export function sweepableOctets(database: Database, account: number, now: number): number {
  const old = database.get<{ octets: number }>(
    'select coalesce(sum(size), 0) octets from upload where account = ? and created < ?',
    account,
    now - uploadMilliseconds,
  );
  return old?.octets ?? 0;
}
