import { asDeliveryError } from '../../../errors.ts';
import { parseAddress, requireAddress } from '../../address.ts';
import { type KeptKey, notOwnAddress, toKeptKey } from '../../published-key.ts';
import type { PublishedKey, PublishedKind } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { findAddress } from '../directory/address-row.ts';
import { forEver } from '../directory/making-end.ts';
import { requireAccount } from '../directory/rows.ts';
import { writeLater } from '../personal/put-row.ts';
import type { Session } from '../session.ts';
import {
  findTimed,
  insertRow,
  type PublishedName,
  type PublishedRow,
  publishedColumns,
  removal,
  timedOfAddress,
  toPublishedKey,
} from './published-row.ts';
import { keySlot } from './slot-pages.ts';
import type { ZoneLog } from './zone-log.ts';

/** `PublishedKeys.publishKey`. */
export async function publishKey(
  { session }: CassandraContext,
  published: PublishedKey,
  zoneLog: ZoneLog,
): Promise<void> {
  const kept = toKeptKey(published);
  await requireOwn(session, kept);
  await putKey(session, kept, zoneLog);
  try {
    // The address, or the account, may have gone while it was written: whoever took it away may not have seen the key.
    await requireOwn(session, kept);
  } catch (error) {
    if (asDeliveryError(error).code === 'notFound')
      await withdrawKeys(session, { key: kept.key, account: kept.accountId }, zoneLog);
    throw error;
  }
}

async function putKey(session: Session, kept: KeptKey, zoneLog: ZoneLog): Promise<void> {
  const { key, kind, accountId: account, localPart, domain, fingerprint, octets, state } = kept;
  const name: PublishedName = { key, kind, account };
  const localParts = new Set([localPart]);
  const readTimes = async (): Promise<bigint[] | undefined> => {
    const known = await findTimed(session, name);
    if (known) localParts.add(known.local_part);
    return known && [known.written];
  };
  const row = { ...name, local_part: localPart, fingerprint, octets, state, published: kept.publishedAt };
  await writeLater(session, readTimes, timestamp =>
    zoneLog.write({
      statements: insertRow(row),
      changes: [...localParts].map(one => ({ domain, localPart: one })),
      timestamp,
    }),
  );
}

async function requireOwn(session: Session, kept: KeptKey): Promise<void> {
  const [, holder] = await Promise.all([
    requireAccount(session, kept.accountId),
    findAddress(session, kept.key),
  ]);
  if (holder?.account !== kept.accountId) throw notOwnAddress(kept);
}

/** `PublishedKeys.unpublishKey`. */
export async function unpublishKey(
  { session }: CassandraContext,
  { address, kind }: { readonly address: string; readonly kind: PublishedKind },
  zoneLog: ZoneLog,
): Promise<boolean> {
  const rows = await timedOfAddress(session, requireAddress(address).key);
  const wanted = rows.filter(row => row.kind === kind);
  for (const row of wanted) await zoneLog.write(removal(row, session.micros([row.written])));
  return wanted.length > 0;
}

/** Takes back what an account has published at an address: before the address goes, and again behind that. */
export async function withdrawKeys(
  session: Session,
  { key, account }: Pick<PublishedName, 'key' | 'account'>,
  zoneLog: ZoneLog,
): Promise<void> {
  for (const row of await timedOfAddress(session, key))
    if (row.account === account) await zoneLog.write(removal(row, session.micros([row.written])));
}

/** Takes back all that an account which is hidden by now has published; bears to be called again. */
export async function erasePublished(session: Session, accountId: string, zoneLog: ZoneLog): Promise<void> {
  const rows = await session.rows<Pick<PublishedRow, 'key' | 'kind' | 'local_part'>>(
    'select key, kind, local_part from published_key_of_account where account = ?',
    [accountId],
  );
  for (const row of rows) await zoneLog.write(removal({ ...row, account: accountId }, forEver(session)));
  const cql = 'delete from published_key_of_account where account = ?';
  await session.run(cql, [accountId], forEver(session));
}

/** `PublishedKeys.getPublishedKey`. */
export async function getPublishedKey(
  { session }: CassandraContext,
  address: string,
  kind: PublishedKind,
): Promise<PublishedKey | null> {
  const key = parseAddress(address)?.key;
  if (key === undefined) return null;
  const [rows, holder] = await Promise.all([
    session.rows<PublishedRow>(
      `select ${publishedColumns} from published_key where slot = ? and key = ? and kind = ?`,
      [keySlot(key), key, kind],
    ),
    findAddress(session, key),
  ]);
  const row = rows.find(({ account }) => account === holder?.account);
  return row ? toPublishedKey(row) : null;
}
