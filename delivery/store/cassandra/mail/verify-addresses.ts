import type { CassandraContext } from '../context.ts';
import {
  type AddressRecord,
  domainOf,
  findAddress,
  freeAddress,
  listAddress,
  unlistAddress,
} from '../directory/address-row.ts';
import { makingMilliseconds, settleMaking } from '../directory/making-end.ts';
import { findAccount, readRecord } from '../directory/rows.ts';
import type { Suspicion } from './verify-fault.ts';

/** What is wrong with the addresses that an account has or is listed with. */
export async function addressesOfAccount(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const { session } = context;
  const record = await findAccount(session, accountId);
  if (!record) return [];
  const listed = await session.rows<{ key: string }>('select key from address_of_account where account = ?', [
    accountId,
  ]);
  const keys = new Set([...(record.claims ?? []), ...listed.map(({ key }) => key)]);
  const found: Suspicion[] = [];
  for (const key of keys) {
    const row = await findAddress(session, key);
    if (row?.account === accountId) found.push(...(await claimSuspicions(context, row)));
    else if (listed.some(one => one.key === key)) found.push(leftover(context, { accountId, key }));
  }
  return found;
}

/** What is wrong with a claimed address: it must stand in the lists of an account that is there. */
export async function claimSuspicions(
  context: CassandraContext,
  record: AddressRecord,
): Promise<Suspicion[]> {
  if (!isSettled(context, record)) return [];
  const holder = await readRecord(context.session, record.account);
  if (!holder) return [nobodys(context, record)];
  if (!holder.made || holder.gone || (await isListed(context, record))) return [];
  return [unlisted(context, record)];
}

/** Whoever claimed it has had the time to list it. */
function isSettled({ session }: CassandraContext, { written }: AddressRecord): boolean {
  return written <= session.micros() - BigInt(makingMilliseconds) * 1000n;
}

async function isListed(
  { session }: CassandraContext,
  { key, account, domain }: AddressRecord,
): Promise<boolean> {
  const [ofAccount, ofDomain] = await Promise.all([
    session.row('select key from address_of_account where account = ? and key = ?', [account, key]),
    session.row<{ account: string }>('select account from address_of_domain where domain = ? and key = ?', [
      domain,
      key,
    ]),
  ]);
  return ofAccount !== undefined && ofDomain?.account === account;
}

function unlisted(context: CassandraContext, { key, account }: AddressRecord): Suspicion {
  const { session } = context;
  const look = async (): Promise<AddressRecord | null> => {
    const record = await findAddress(session, key);
    if (record?.account !== account || (await isListed(context, record))) return null;
    const isThere = (await findAccount(session, account)) !== undefined;
    // Taken back meanwhile: first out of the lists, then the claim.
    return isThere && (await findAddress(session, key))?.account === account ? record : null;
  };
  return {
    kind: 'addressUnlisted',
    accountId: account,
    detail: key,
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const record = await look();
      if (!record) return;
      await listAddress(session, record);
      if (await isListed(context, record)) return;
      // Something took it out of the lists later than it was claimed.
      await listAddress(session, { ...record, written: session.micros() });
    },
  };
}

/** An address that is claimed for an account which was never made, or is gone. */
function nobodys(context: CassandraContext, { key, account }: AddressRecord): Suspicion {
  const { session } = context;
  const look = async (): Promise<AddressRecord | null> => {
    const record = await findAddress(session, key);
    if (record?.account !== account || !isSettled(context, record)) return null;
    return (await readRecord(session, account)) ? null : record;
  };
  return {
    kind: 'addressLeftover',
    accountId: account,
    detail: `${key}: claimed`,
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const record = await look();
      if (!record || (await settleMaking(context, account)) !== 'gone') return;
      await unlistAddress(session, record);
      await freeAddress(session, key, account);
    },
  };
}

/** A row of a list whose address is not this account's. */
function leftover(
  context: CassandraContext,
  { accountId, key }: { readonly accountId: string; readonly key: string },
): Suspicion {
  const { session } = context;
  const look = async (): Promise<bigint | null> => {
    const record = await findAddress(session, key);
    const listed = await session.row<{ written: bigint }>(
      'select writetime(address) as written from address_of_account where account = ? and key = ?',
      [accountId, key],
    );
    // An account that is being removed frees its addresses first.
    if (!listed || record?.account === accountId) return null;
    return (await findAccount(session, accountId)) ? listed.written : null;
  };
  return {
    kind: 'addressLeftover',
    accountId,
    detail: `${key}: listed`,
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const written = await look();
      if (written !== null)
        await unlistAddress(session, { key, account: accountId, domain: domainOf(key), written });
    },
  };
}

/** Rows of a domain's list whose address is another account's, or nobody's. */
export async function strayInDomain(context: CassandraContext, domain: string): Promise<Suspicion[]> {
  const found: Suspicion[] = [];
  const cql = 'select key, account from address_of_domain where domain = ?';
  const pages = context.session.pages<{ key: string; account: string }>(cql, [domain], 200);
  for await (const page of pages) {
    for (const { key, account } of page) {
      const record = await findAddress(context.session, key);
      if (record?.account !== account) found.push(strayListed(context, { domain, key }));
    }
  }
  return found;
}

function strayListed(
  context: CassandraContext,
  { domain, key }: { readonly domain: string; readonly key: string },
): Suspicion {
  const { session } = context;
  const look = async (): Promise<{ account: string; written: bigint } | null> => {
    const record = await findAddress(session, key);
    const listed = await session.row<{ account: string; written: bigint }>(
      `select account, writetime(account) as written from address_of_domain
       where domain = ? and key = ?`,
      [domain, key],
    );
    if (!listed || record?.account === listed.account) return null;
    // Of a removal under way the address is free before it is out of the lists.
    const holder = await readRecord(session, listed.account);
    return holder?.gone ? null : listed;
  };
  return {
    kind: 'addressLeftover',
    accountId: null,
    detail: `${key}: listed with its domain`,
    isStill: async () => (await look()) !== null,
    mend: async () => {
      const seen = await look();
      if (!seen) return;
      const { account, written } = seen;
      const record = await findAddress(session, key);
      await unlistAddress(session, { key, domain, account, written });
      // The row of another account's claim, when that was written over.
      if (record) await listAddress(session, record);
    },
  };
}
