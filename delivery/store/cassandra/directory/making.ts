import { randomBytes } from 'node:crypto';
import { DeliveryError } from '../../../errors.ts';
import { type ParsedAddress, requireAddress } from '../../address.ts';
import { newId } from '../../ids.ts';
import type { Account, NewAccount } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { findAddresses } from './address-row.ts';
import { claimAddress, taken } from './claim.ts';
import { type DomainRecord, findDomain, requireServed } from './domain-row.ts';
import { endMaking, sealMaking, showAccount } from './making-end.ts';
import { type AccountRecord, readRecords, toAccount } from './rows.ts';
import { slotOf } from './slots.ts';
import { readTenant } from './tenants.ts';

/** `Directory.addAccount`. */
export async function addAccount(context: CassandraContext, wanted: NewAccount): Promise<Account> {
  const { session } = context;
  const addresses = addressesOf(wanted);
  const [primary] = addresses;
  const domain = await requireServed(session, primary.domain);
  for (const { domain: name } of addresses) if (name !== primary.domain) await requireServed(session, name);
  await requireFree(session, addresses);
  await requireRoom(session, domain.tenant, 1);
  const record = newRecord(context, { wanted, addresses, domain });
  await insertRecord(session, record);
  try {
    await makeAccount(context, record, addresses);
  } catch (error) {
    // What can't be ended now is ended by whoever comes by later.
    const isThere = await endMaking(session, record).catch(() => false);
    if (!isThere) throw error;
  }
  return toAccount(record, context);
}

/** The account's own address, then its other ones, each once. */
function addressesOf({ address, aliases = [] }: NewAccount): [ParsedAddress, ...ParsedAddress[]] {
  const primary = requireAddress(address);
  const others = new Map(aliases.map(requireAddress).map(parsed => [parsed.key, parsed]));
  others.delete(primary.key);
  return [primary, ...others.values()];
}

/** Throws `forbidden` when the tenant's accounts and `more` are more than it may have. */
async function requireRoom(session: Session, tenantId: string, more: number): Promise<void> {
  const maxAccounts = (await readTenant(session, tenantId))?.maxAccounts ?? null;
  if (maxAccounts === null) return;
  const held = await session.row<{ held: bigint }>(
    'select count(*) as held from account_of_tenant where tenant = ?',
    [tenantId],
  );
  if (Number(held?.held ?? 0) + more > maxAccounts)
    throw new DeliveryError('forbidden', 'the tenant holds no more accounts', { fields: { tenantId } });
}

/** Most names that are taken are found out without a transaction; those of a making that was cut short are not. */
async function requireFree(session: Session, addresses: readonly ParsedAddress[]): Promise<void> {
  const claimed = await findAddresses(
    session,
    addresses.map(({ key }) => key),
  );
  const holders = await readRecords(session, [...new Set(claimed.map(({ account }) => account))]);
  const there = new Set(holders.filter(({ made }) => made).map(({ id }) => id));
  const first = claimed.find(({ account }) => there.has(account));
  if (first) throw taken(first.address);
}

function newRecord(
  { clock }: CassandraContext,
  {
    wanted,
    addresses,
    domain,
  }: { wanted: NewAccount; addresses: readonly [ParsedAddress, ...ParsedAddress[]]; domain: DomainRecord },
): AccountRecord {
  const created = clock.now();
  const quota = wanted.quotaOctets ?? null;
  return {
    id: newId('A', created.getTime()),
    tenant: domain.tenant,
    domain: domain.name,
    address: addresses[0].address,
    display_name: wanted.displayName ?? null,
    custody: wanted.custody ?? 'none',
    quota: quota === null ? null : BigInt(quota),
    state: 'open',
    hash_salt: new Uint8Array(randomBytes(32)),
    created,
    password_hash: wanted.passwordHash ?? null,
    second_factor: null,
    claims: addresses.map(({ key }) => key),
    made: null,
    gone: null,
    session_epoch: null,
    token_epoch: null,
  };
}

/** The hidden row, and with it its line in the list of all accounts: so that one that is left is met there. */
async function insertRecord(session: Session, record: AccountRecord): Promise<void> {
  const cql = `insert into account (id, tenant, domain, address, display_name, custody, quota, state, hash_salt,
    created, password_hash, claims) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const values = [
    record.id,
    record.tenant,
    record.domain,
    record.address,
    record.display_name ?? undefined,
    record.custody,
    record.quota ?? undefined,
    record.state,
    Buffer.from(record.hash_salt),
    record.created,
    record.password_hash ?? undefined,
    record.claims,
  ];
  const line = {
    cql: 'insert into account_list (slot, id) values (?, ?)',
    values: [slotOf(record.id), record.id],
  };
  await session.together([{ cql, values }, line], { isLogged: true });
}

/** Everything behind the hidden row: the account is there at the end, or this throws. */
async function makeAccount(
  context: CassandraContext,
  record: AccountRecord,
  addresses: readonly ParsedAddress[],
): Promise<void> {
  const { session } = context;
  const { id: account } = record;
  for (const [index, parsed] of addresses.entries())
    await claimAddress(context, parsed, { account, kind: index === 0 ? 'primary' : 'alias' });
  await listAccount(session, record);
  await stillServed(session, addresses);
  await requireRoom(session, record.tenant, 0);
  if (!(await sealMaking(session, record)))
    throw new DeliveryError('storeUnavailable', 'the making of the account took too long');
  await showAccount(session, account);
}

async function listAccount(session: Session, { id, domain, tenant }: AccountRecord): Promise<void> {
  await session.together([
    { cql: 'insert into account_of_domain (domain, id) values (?, ?)', values: [domain, id] },
    { cql: 'insert into account_of_tenant (tenant, id) values (?, ?)', values: [tenant, id] },
  ]);
}

/** Asked again behind the claims: a domain goes only while no address of it is listed. Throws `notFound`. */
export async function stillServed(
  session: Session,
  addresses: readonly Pick<ParsedAddress, 'domain'>[],
): Promise<void> {
  for (const domain of new Set(addresses.map(({ domain }) => domain))) {
    if (!(await findDomain(session, domain)))
      throw new DeliveryError('notFound', 'no such domain', { fields: { domain } });
  }
}
