import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { type AddressRecord, findAddress, freeAddress, unlistAddress } from './address-row.ts';
import { type AccountRecord, readRecord } from './rows.ts';
import { settle } from './settle.ts';
import { slotOf } from './slots.ts';

/** Whoever makes an account has this long before others may end the making. */
export const makingMilliseconds = 60_000;

/** Where an account's making has come to: it is (or was) there, still being made, or there is nothing of it. */
export type Making = 'there' | 'making' | 'gone';

/**
 * Ends a making that was cut short: an account is first a row that nobody finds, then it claims its addresses, then it
 * is sealed by a lightweight transaction on its primary address, then shown. Sealed it is shown, whoever comes by;
 * unsealed it is undone when its time is over.
 */
export async function settleMaking(context: CassandraContext, accountId: string): Promise<Making> {
  const { session, clock } = context;
  const record = await readRecord(session, accountId);
  if (!record) return 'gone';
  if (record.made) return 'there';
  const claimed = await findAddress(session, ownKey(record));
  const isSealed = claimed?.account === record.id && claimed.made === true;
  const age = clock.now().getTime() - record.created.getTime();
  if (!isSealed && age < makingMilliseconds) return 'making';
  return (await endMaking(session, record)) ? 'there' : 'gone';
}

/** Shows the account if it is sealed, else undoes all of it, so that it can't be sealed any more; tells which. */
export async function endMaking(session: Session, record: AccountRecord): Promise<boolean> {
  const claimed = await findAddress(session, ownKey(record));
  if (await isSealed(session, record)) {
    await showAccount(session, record.id);
    return true;
  }
  // Not before: whoever makes it may have sealed it at the last moment.
  if (claimed?.account === record.id) await unlistAddress(session, claimed);
  await undoMaking(session, record);
  return false;
}

/** Key of the primary address. */
function ownKey({ claims }: AccountRecord): string {
  return claims?.[0] ?? '';
}

/** Seals the making: from now on it can only succeed. False when another has ended it. */
export async function sealMaking(session: Session, record: AccountRecord): Promise<boolean> {
  const key = ownKey(record);
  const { applied } = await settle<AddressRecord>(session, {
    claim: {
      cql: 'update address set made = true where key = ? if account = ?',
      values: [key, record.id],
    },
    look: { cql: 'select account, made from address where key = ?', values: [key] },
    isDone: row => row?.account === record.id && row.made === true,
  });
  return applied;
}

/** Shows a sealed account to everybody. */
export async function showAccount(session: Session, accountId: string): Promise<void> {
  await session.run('update account set made = true where id = ?', [accountId]);
}

/** Whether it is sealed; if not, it can't be any more. */
async function isSealed(session: Session, record: AccountRecord): Promise<boolean> {
  const key = ownKey(record);
  const { row } = await settle<AddressRecord>(session, {
    claim: {
      cql: 'delete from address where key = ? if account = ? and made = null',
      values: [key, record.id],
    },
    look: { cql: 'select account, made from address where key = ?', values: [key] },
    isDone: row => row?.account !== record.id,
  });
  return row?.account === record.id && row.made === true;
}

async function undoMaking(session: Session, record: AccountRecord): Promise<void> {
  for (const key of record.claims ?? []) {
    const claimed = await findAddress(session, key);
    if (claimed?.account !== record.id) continue;
    await unlistAddress(session, claimed);
    await freeAddress(session, key, record.id);
  }
  await dropAccount(session, record);
}

/** Takes an account that has no addresses any more out of the lists, and removes its row. */
export async function dropAccount(
  session: Session,
  { id, domain, tenant }: Pick<AccountRecord, 'id' | 'domain' | 'tenant'>,
): Promise<void> {
  const timestamp = forEver(session);
  await session.together(
    [
      { cql: 'delete from address_of_account where account = ?', values: [id] },
      { cql: 'delete from account_of_domain where domain = ? and id = ?', values: [domain, id] },
      { cql: 'delete from account_of_tenant where tenant = ? and id = ?', values: [tenant, id] },
      { cql: 'delete from account_list where slot = ? and id = ?', values: [slotOf(id), id] },
    ],
    { timestamp },
  );
  await session.run('delete from account where id = ?', [id], timestamp);
}

/**
 * The time for erasing what belongs to one account: ahead of every clock, so that a write which is still under way
 * brings nothing back. Ids of accounts never return.
 */
export function forEver(session: Session): bigint {
  return session.micros() + 60_000_000n;
}
