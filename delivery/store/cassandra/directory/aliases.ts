import { DeliveryError } from '../../../errors.ts';
import { requireAddress } from '../../address.ts';
import type { AddressRow } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { withdrawKeys } from '../zones/published-keys.ts';
import type { ZoneLog } from '../zones/zone-log.ts';
import { findAddress, freeAddress, unlistAddress } from './address-row.ts';
import { claimAddress } from './claim.ts';
import { requireServed } from './domain-row.ts';
import { stillServed } from './making.ts';
import { ofAccount, requireAccount } from './rows.ts';

/** `Directory.addAlias`. */
export async function addAlias(context: CassandraContext, address: string, accountId: string): Promise<void> {
  const { session } = context;
  const parsed = requireAddress(address);
  await requireServed(session, parsed.domain);
  await requireAccount(session, accountId);
  await claimAddress(context, parsed, { account: accountId, kind: 'alias' });
  try {
    // Domain and account may have been removed while it was claimed.
    await stillServed(session, [parsed]);
    await requireAccount(session, accountId);
  } catch (error) {
    await dropAlias(session, { key: parsed.key, accountId });
    throw error;
  }
}

/** `Directory.removeAlias`. */
export async function removeAlias(
  { session }: CassandraContext,
  address: string,
  zoneLog: ZoneLog,
): Promise<void> {
  const { key } = requireAddress(address);
  const row = await findAddress(session, key);
  if (row?.kind !== 'alias') throw new DeliveryError('notFound', 'no such alias', { fields: { address } });
  // Before it, so that whoever tries again behind a crash still finds the alias; behind it for what came meanwhile.
  await withdrawKeys(session, row, zoneLog);
  await dropAlias(session, { key, accountId: row.account });
  await withdrawKeys(session, row, zoneLog);
}

/** Takes the alias out of the lists first, so that they name nothing that is not there. */
async function dropAlias(
  session: Session,
  { key, accountId }: { readonly key: string; readonly accountId: string },
): Promise<void> {
  const row = await findAddress(session, key);
  if (row?.kind !== 'alias' || row.account !== accountId) return;
  await unlistAddress(session, row);
  await freeAddress(session, key, accountId);
}

/** `Directory.listAddresses`. */
export async function listAddresses({ session }: CassandraContext, accountId: string): Promise<AddressRow[]> {
  const rows = await ofAccount(session, accountId, () => addressesOf(session, accountId));
  return rows.map(({ address, kind }) => ({ address, accountId, kind }));
}

interface ListedAddress {
  readonly key: string;
  readonly address: string;
  readonly kind: AddressRow['kind'];
}

/** Addresses of an account: its own first, the others by their keys. */
export async function addressesOf(session: Session, accountId: string): Promise<ListedAddress[]> {
  const rows = await session.rows<ListedAddress>(
    'select key, address, kind from address_of_account where account = ?',
    [accountId],
  );
  const isOwn = ({ kind }: ListedAddress): boolean => kind === 'primary';
  return [...rows.filter(isOwn), ...rows.filter(row => !isOwn(row))];
}
