import { addressKey, type ParsedAddress, parseAddress } from '../../address.ts';
import { isWithinQuota } from '../../quota.ts';
import type { Receiver, Resolution } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { findAddress } from './address-row.ts';
import { findDomain } from './domain-row.ts';
import { type AccountRecord, findAccount } from './rows.ts';

/** Octets that an account holds: its mail, and uploads that wait for one. Asked for accounts with a quota alone. */
export type HeldOctets = (accountId: string) => Promise<number>;

/** An account and the way to it. */
interface Found {
  readonly record: AccountRecord;
  readonly via: Resolution['via'];
  readonly detail: string | null;
}

/** `Directory.resolveAddress`. */
export async function resolveAddress(
  { session }: CassandraContext,
  address: string,
): Promise<Resolution | null> {
  const found = await find(session, address);
  return found ? { accountId: found.record.id, via: found.via, detail: found.detail } : null;
}

/** `Directory.findReceiver`. */
export async function findReceiver(
  { session }: CassandraContext,
  { address, sizeOctets }: { readonly address: string; readonly sizeOctets: number },
  heldOctets: HeldOctets,
): Promise<Receiver | null> {
  const found = await find(session, address);
  if (!found) return null;
  const { record } = found;
  return {
    accountId: record.id,
    address: record.address,
    custody: record.custody,
    refusal: await refusalOf(record, sizeOctets, heldOctets),
  };
}

/** `Directory.cannotReceive`. */
export async function cannotReceive(
  { session }: CassandraContext,
  { accountId, sizeOctets }: { readonly accountId: string; readonly sizeOctets: number },
  heldOctets: HeldOctets,
): Promise<Receiver['refusal']> {
  return await refusalOf(await findAccount(session, accountId), sizeOctets, heldOctets);
}

async function refusalOf(
  record: AccountRecord | undefined,
  sizeOctets: number,
  heldOctets: HeldOctets,
): Promise<Receiver['refusal']> {
  if (record?.state !== 'open') return 'recipientUnavailable';
  if (record.quota === null) return null;
  const held = { used: await heldOctets(record.id), uploaded: 0 };
  return isWithinQuota(Number(record.quota), held, sizeOctets) ? null : 'overQuota';
}

/** The exact address in two requests, one after the other; the others cost more where it leads nowhere. */
async function find(session: Session, address: string): Promise<Found | null> {
  const parsed = parseAddress(address);
  if (!parsed) return null;
  const plain = plainOf(parsed);
  const [exact, plainly] = await Promise.all([
    accountAt(session, parsed.key),
    plain ? accountAt(session, plain.key) : undefined,
  ]);
  if (exact) return { record: exact, via: 'exact', detail: null };
  if (plain && plainly) return { record: plainly, via: 'detail', detail: plain.detail };
  const id = (await findDomain(session, parsed.domain))?.catch_all;
  const record = id ? await findAccount(session, id) : undefined;
  return record ? { record, via: 'catchAll', detail: null } : null;
}

/** The address without its `+detail`; null when it has none. */
function plainOf({ localPart, domain }: ParsedAddress): { key: string; detail: string } | null {
  const plus = localPart.indexOf('+');
  if (plus <= 0) return null;
  return { key: addressKey(localPart.slice(0, plus), domain), detail: localPart.slice(plus + 1) };
}

async function accountAt(session: Session, key: string): Promise<AccountRecord | undefined> {
  const row = await findAddress(session, key);
  return row ? await findAccount(session, row.account) : undefined;
}
