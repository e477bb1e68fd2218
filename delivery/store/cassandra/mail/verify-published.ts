import type { CassandraContext } from '../context.ts';
import { findAddress } from '../directory/address-row.ts';
import { mapAtOnce } from '../directory/at-once.ts';
import { findAccount } from '../directory/rows.ts';
import {
  deleteListed,
  findTimed,
  insertListed,
  type PublishedName,
  removal,
  type TimedKey,
} from '../zones/published-row.ts';
import { writeTold } from '../zones/zone-log.ts';
import type { Suspicion } from './verify-fault.ts';

/** Rows of the table, which is read whole, and how many of them are looked at at once. */
const pageSize = 200;
const width = 32;

type ListedKey = PublishedName & { readonly local_part: string; readonly written: bigint };

const listedColumns = 'account, key, kind, local_part, writetime(local_part) as written';

/** What is wrong with the keys that an account is listed with. */
export async function publishedOfAccount(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const { session } = context;
  const listed = await session.rows<ListedKey>(
    `select ${listedColumns} from published_key_of_account where account = ?`,
    [accountId],
  );
  const found: Suspicion[] = [];
  for (const name of listed) {
    if (!(await findTimed(session, name))) found.push(leftover(context, name));
    else if (!(await isOwn(context, name))) found.push(withoutAddress(context, name));
  }
  return found;
}

/** What is wrong with published keys but for those that an account which is there is listed with, some at a time. */
export async function* publishedSuspicions(context: CassandraContext): AsyncGenerator<Suspicion[]> {
  const cql = 'select key, kind, account from published_key';
  for await (const page of context.session.pages<PublishedName>(cql, [], pageSize))
    yield (await mapAtOnce(page, width, name => unlessListed(context, name))).flat();
}

async function unlessListed(context: CassandraContext, name: PublishedName): Promise<Suspicion[]> {
  const [isListed, isThere] = await Promise.all([
    findListed(context, name),
    findAccount(context.session, name.account),
  ]);
  if (isListed && isThere) return [];
  if (!(await isOwn(context, name))) return [withoutAddress(context, name)];
  return isListed ? [] : [unlisted(context, name)];
}

async function findListed(
  { session }: CassandraContext,
  { account, key, kind }: PublishedName,
): Promise<ListedKey | undefined> {
  const cql = `select ${listedColumns} from published_key_of_account where account = ? and key = ? and kind = ?`;
  return await session.row<ListedKey>(cql, [account, key, kind]);
}

/** Whether the address is the account's: keys go before their addresses, and come behind them. */
async function isOwn({ session }: CassandraContext, { key, account }: PublishedName): Promise<boolean> {
  return (await findAddress(session, key))?.account === account;
}

function detailOf({ key, kind }: PublishedName): string {
  return `${key}: ${kind}`;
}

/** Left by older code, which takes an address and knows nothing of its keys. */
function withoutAddress(context: CassandraContext, name: PublishedName): Suspicion {
  const look = async (): Promise<TimedKey | null> => {
    const row = await findTimed(context.session, name);
    return row && !(await isOwn(context, name)) ? row : null;
  };
  return {
    kind: 'publishedKeyWithoutAddress',
    accountId: name.account,
    detail: detailOf(name),
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const row = await look();
      if (row) await writeTold(context, removal(row, context.session.micros([row.written])));
    },
  };
}

/** By this list the removal of an account finds its keys. */
function unlisted(context: CassandraContext, name: PublishedName): Suspicion {
  const { session } = context;
  const isStill = async (): Promise<boolean> =>
    !(await findListed(context, name)) && (await findTimed(session, name)) !== undefined;
  const list = async (timestamp: bigint | undefined, row: TimedKey): Promise<void> => {
    const { cql, values } = insertListed(row);
    await session.run(cql, values, timestamp);
  };
  return {
    kind: 'publishedKeyUnlisted',
    accountId: name.account,
    detail: detailOf(name),
    isStill,
    mend: async () => {
      const row = await findTimed(session, name);
      if (!row) return;
      await list(row.written, row);
      // Something took it out of the list later than it was published.
      if (await isStill()) await list(undefined, row);
    },
  };
}

function leftover(context: CassandraContext, name: ListedKey): Suspicion {
  const { session } = context;
  const look = async (): Promise<ListedKey | null> => {
    const listed = await findListed(context, name);
    return listed && !(await findTimed(session, name)) ? listed : null;
  };
  return {
    kind: 'publishedKeyLeftover',
    accountId: name.account,
    detail: detailOf(name),
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const listed = await look();
      if (!listed) return;
      const { cql, values } = deleteListed(listed);
      // Just as old as it is, so that one which is published at this moment stays.
      await session.run(cql, values, listed.written);
    },
  };
}
