import type { CassandraContext } from '../context.ts';
import type { Statement } from '../session.ts';

/** Keys that hold longer are prolonged each time they are seen; shorter ones hold from their first sight on. */
const longestFixedSeconds = 86_400;

/** A delivery key that leads to an email. */
export interface Claim {
  readonly emailId: string;
  readonly bucket: number;
}

interface ClaimRow {
  readonly email: string;
  readonly bucket: number;
  readonly expires: Date;
}

/** A delivery key and how long it holds. */
export interface DeliveryKey {
  readonly accountId: string;
  readonly key: Uint8Array;
  readonly seconds: number;
}

/** Tries to find out what became of a claim whose answer was lost. */
const maxTries = 3;

/** Rows go by themselves some time after their key holds no more. */
const graceSeconds = 7 * 86_400;

const selectClaim = 'select email, bucket, expires from delivery_key where account = ? and key = ?';

/** Where the key led to first, if its time is not over; prolongs it. */
export async function findClaim(context: CassandraContext, key: DeliveryKey): Promise<Claim | null> {
  // What a transaction under way is about to claim is met by `claimKey`.
  const row = await context.session.row<ClaimRow>(selectClaim, [key.accountId, key.key]);
  if (!row || row.expires <= context.clock.now()) return null;
  await prolong(context, key, row);
  return { emailId: row.email, bucket: row.bucket };
}

/** When the key was claimed, in microseconds of the cluster's clock; null: it is not there. */
export async function claimedAt({ session }: CassandraContext, key: DeliveryKey): Promise<bigint | null> {
  const row = await session.row<{ at: bigint | null }>(
    'select writetime(email) as at from delivery_key where account = ? and key = ?',
    [key.accountId, key.key],
  );
  return row?.at ?? null;
}

async function readClaim(
  { session }: CassandraContext,
  { accountId, key }: DeliveryKey,
): Promise<ClaimRow | undefined> {
  return await session.claimed<ClaimRow>(selectClaim, [accountId, key]);
}

/** Keeps the key for its time from now on; one that several see at once is prolonged by one of them. */
async function prolong({ session, clock }: CassandraContext, key: DeliveryKey, row: ClaimRow): Promise<void> {
  const expires = expiryOf(key, clock.now());
  // To the day, so that a sender that tries again and again costs no transaction each time.
  if (key.seconds <= longestFixedSeconds || expires.getTime() - row.expires.getTime() < 86_400_000) return;
  await session.claim(
    `update delivery_key using ttl ? set email = ?, bucket = ?, expires = ?
     where account = ? and key = ? if expires = ?`,
    [key.seconds + graceSeconds, row.email, row.bucket, expires, key.accountId, key.key, row.expires],
  );
}

function expiryOf({ seconds }: DeliveryKey, now: Date): Date {
  return new Date(now.getTime() + seconds * 1000);
}

/**
 * Claims the key for a new email, by a lightweight transaction: of all who try at once one gets it, whatever their
 * clocks say. Gives where it leads: to `wanted`, or to the email of whoever was first.
 */
export async function claimKey(context: CassandraContext, key: DeliveryKey, wanted: Claim): Promise<Claim> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryClaim(context, key, wanted);
    } catch (error) {
      // Whether it was applied is not known: the next try meets its own row, or makes it.
      if (tries === maxTries) throw error;
    }
  }
}

async function tryClaim(context: CassandraContext, key: DeliveryKey, wanted: Claim): Promise<Claim> {
  const { session, clock } = context;
  const now = clock.now();
  const ttl = key.seconds + graceSeconds;
  const { applied, row } = await session.claim<ClaimRow>(
    `insert into delivery_key (account, key, email, bucket, expires) values (?, ?, ?, ?, ?)
     if not exists using ttl ?`,
    [key.accountId, key.key, wanted.emailId, wanted.bucket, expiryOf(key, now), ttl],
    { isRepeatable: true },
  );
  if (applied || !row) return wanted;
  if (row.expires > now) return { emailId: row.email, bucket: row.bucket };
  const renewed = await session.claim<ClaimRow>(
    `update delivery_key using ttl ? set email = ?, bucket = ?, expires = ?
     where account = ? and key = ? if email = ?`,
    [ttl, wanted.emailId, wanted.bucket, expiryOf(key, now), key.accountId, key.key, row.email],
  );
  if (renewed.applied) return wanted;
  const winner = await readClaim(context, key);
  return winner ? { emailId: winner.email, bucket: winner.bucket } : wanted;
}

/** What was destroyed is known as long as its key is, and some days more. */
const goneSeconds = 50 * 86_400;

/** The statement that notes that the email a key leads to was destroyed: it is known, though it is not there. */
export function goneStatement(accountId: string, key: Uint8Array, emailId: string): Statement {
  return {
    cql: 'insert into delivery_gone (account, key, email, since) values (?, ?, ?, ?) using ttl ?',
    values: [accountId, key, emailId, new Date(), goneSeconds],
  };
}

/** Whether the email that the key led to was destroyed; noted anew each time, because the key is prolonged, too. */
export async function isGone(
  { session }: CassandraContext,
  { accountId, key }: DeliveryKey,
  emailId: string,
): Promise<boolean> {
  const row = await session.row<{ email: string }>(
    'select email from delivery_gone where account = ? and key = ? and email = ?',
    [accountId, key, emailId],
  );
  if (!row) return false;
  const { cql, values } = goneStatement(accountId, key, emailId);
  await session.run(cql, values);
  return true;
}
