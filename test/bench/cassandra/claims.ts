import type { CassandraContext } from '../../../delivery/store/cassandra/context.ts';
import { claimKey } from '../../../delivery/store/cassandra/mail/claim.ts';

/** A way to find out whose email a delivery key leads to, when several deliver the same at once. */
export interface ClaimWay {
  readonly name: string;
  /** Gives the id of the email that the key leads to: `emailId`, or that of whoever was first. */
  claim(context: CassandraContext, key: Uint8Array, emailId: string): Promise<string>;
}

const accountId = 'account';
const bucket = 1;
const keySeconds = 35 * 86_400;
const graceSeconds = 7 * 86_400;

/** The store's own way. */
const byTransaction: ClaimWay = {
  name: 'lightweight transaction',
  async claim(context, key, emailId) {
    const claim = await claimKey(context, { accountId, key, seconds: keySeconds }, { emailId, bucket });
    return claim.emailId;
  },
};

/** The statement that makes the table of `byInvertedTime`, which is as the store's own. */
export function invertedTable(keyspace: string): string {
  return `create table ${keyspace}.delivery_key_inverted (account text, key blob, email text, bucket int,
    expires timestamp, primary key ((account, key)))`;
}

/** Times of writes count down from here: of two the earlier one wins. */
const endOfTime = 2n ** 62n;

/**
 * The way without transactions: the earliest write wins, and everybody reads back at a quorum who has won so far. Who
 * reads before an earlier write has arrived takes itself for the winner, too.
 */
const byInvertedTime: ClaimWay = {
  name: 'inverted timestamp, read back',
  async claim({ session, clock }, key, emailId) {
    const expires = new Date(clock.now().getTime() + keySeconds * 1000);
    await session.run(
      'insert into delivery_key_inverted (account, key, email, bucket, expires) values (?, ?, ?, ?, ?) using ttl ?',
      [accountId, key, emailId, bucket, expires, keySeconds + graceSeconds],
      endOfTime - session.micros(),
    );
    const row = await session.row<{ email: string }>(
      'select email, bucket, expires from delivery_key_inverted where account = ? and key = ?',
      [accountId, key],
    );
    return row?.email ?? emailId;
  },
};

/** All ways that are compared. */
export const claimWays: readonly ClaimWay[] = [byTransaction, byInvertedTime];
