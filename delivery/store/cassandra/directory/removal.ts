import { eraseUploads } from '../blobs/uploads.ts';
import type { CassandraContext } from '../context.ts';
import { erasePersonal } from '../personal/erase.ts';
import type { Session } from '../session.ts';
import { erasePublished } from '../zones/published-keys.ts';
import type { ZoneLog } from '../zones/zone-log.ts';
import { hideAccount } from './accounts.ts';
import { domainOf, freeAddress, unlistAddress } from './address-row.ts';
import { eraseAudit } from './audit.ts';
import { clearCatchAlls } from './domains.ts';
import { dropAccount, forEver } from './making-end.ts';
import { type AccountRecord, noAccount, readRecord } from './rows.ts';
import { eraseSecrets } from './secret-row.ts';
import { slotOf, slots } from './slots.ts';

/** Erases an account's mail. Must bear to be called again. */
export type EraseMail = (accountId: string) => Promise<void>;

/** What the removal of an account asks of the rest of the store. */
export interface RemovalHooks {
  readonly eraseMail: EraseMail;
  /** By it readers learn that the account's published keys are gone. */
  readonly zoneLog: ZoneLog;
}

/** Erases an account; what a crash leaves undone is ended by `resumeRemovals`. Throws `notFound`. */
export async function removeAccount(
  context: CassandraContext,
  accountId: string,
  hooks: RemovalHooks,
): Promise<void> {
  const { session } = context;
  const record = await readRecord(session, accountId);
  if (!record?.made) throw noAccount(accountId);
  await session.run('insert into removing_account (slot, id) values (?, ?)', [slotOf(accountId), accountId]);
  await erase(context, record, hooks);
}

/** From the first step on nobody finds the account; its addresses are free after the last one. */
async function erase(
  context: CassandraContext,
  record: AccountRecord,
  { eraseMail, zoneLog }: RemovalHooks,
): Promise<void> {
  const { session } = context;
  const { id } = record;
  await hideAccount(context, id);
  await eraseSecrets(session, id);
  await erasePublished(session, id, zoneLog);
  await eraseMail(id);
  await erasePersonal(session, id);
  await eraseUploads(session, id);
  await eraseAudit(context, record);
  await clearCatchAlls(session, id);
  for (const table of ['role', 'secret_of_account', 'catch_all_of_account'])
    await session.run(`delete from ${table} where account = ?`, [id], forEver(session));
  await freeAddresses(session, record);
  await dropAccount(session, record);
  await endRemoval(session, id);
}

/** Each is freed before it goes out of the lists, so that one whose freeing is cut short is met again. */
async function freeAddresses(session: Session, { id }: AccountRecord): Promise<void> {
  const listed = await session.rows<{ key: string; written: bigint }>(
    'select key, writetime(address) as written from address_of_account where account = ?',
    [id],
  );
  for (const { key, written } of listed) {
    await freeAddress(session, key, id);
    await unlistAddress(session, { key, account: id, domain: domainOf(key), written });
  }
}

async function endRemoval(session: Session, id: string): Promise<void> {
  const cql = 'delete from removing_account where slot = ? and id = ?';
  await session.run(cql, [slotOf(id), id], forEver(session));
}

/**
 * Ends removals that a crash left; other processes may be at the same. One that fails is logged, stays hidden, and is
 * tried again by the next call.
 */
export async function resumeRemovals(context: CassandraContext, hooks: RemovalHooks): Promise<void> {
  const { session, log } = context;
  for (const slot of slots) {
    const rows = await session.rows<{ id: string }>('select id from removing_account where slot = ?', [slot]);
    for (const { id } of rows) {
      try {
        const record = await readRecord(session, id);
        await (record ? erase(context, record, hooks) : endRemoval(session, id));
      } catch (error) {
        log.warn({ accountId: id, cause: String(error) }, 'accountRemovalFailed');
      }
    }
  }
}
