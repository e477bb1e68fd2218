import { DeliveryError } from '../../../errors.ts';
import { normalizeDomain, requireDomain } from '../../address.ts';
import { randomText } from '../../ids.ts';
import type { Domain, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { grouped } from './at-once.ts';
import { type DomainRecord, domainColumns, findDomain, requireServed, toDomain } from './domain-row.ts';
import { settleMaking } from './making-end.ts';
import { requireAccount } from './rows.ts';
import { settle } from './settle.ts';
import { listKeys, slotOf } from './slots.ts';
import { instanceTenant, requireTenant } from './tenants.ts';

const selectClaim = 'select name, claim, catch_all from domain where name = ?';

/** `Directory.addDomain`. */
export async function addDomain(
  { session, clock }: CassandraContext,
  name: string,
  options: { tenantId?: string } = {},
): Promise<Domain> {
  const domain = requireDomain(name);
  const { id: tenantId } = await requireTenant(session, options.tenantId ?? instanceTenant);
  const added: Domain = { name: domain, tenantId, catchAllAccountId: null, createdAt: clock.now() };
  const isMade = await claimDomain(session, added);
  // Also when it was there already: whoever made it may not have come to this.
  await listDomain(session, domain);
  if (!isMade) throw new DeliveryError('alreadyExists', 'already exists', { fields: { domain } });
  return added;
}

async function claimDomain(session: Session, { name, tenantId, createdAt }: Domain): Promise<boolean> {
  const claim = randomText(16);
  const { applied } = await settle<DomainRecord>(session, {
    claim: {
      cql: 'insert into domain (name, tenant, created, claim) values (?, ?, ?, ?) if not exists',
      values: [name, tenantId, createdAt, claim],
    },
    look: { cql: selectClaim, values: [name] },
    isDone: row => row?.claim === claim,
  });
  return applied;
}

/** The row of the list has the time of the claim: whoever removed an earlier claim does not hide it. */
async function listDomain(session: Session, name: string): Promise<void> {
  const record = await findDomain(session, name);
  if (!record) return;
  await session.run(
    'insert into domain_list (slot, name) values (?, ?)',
    [slotOf(name), name],
    record.written,
  );
}

/** `Directory.getDomain`. */
export async function getDomain({ session }: CassandraContext, name: string): Promise<Domain | null> {
  const record = await findDomain(session, normalizeDomain(name) ?? '-');
  return record ? toDomain(record) : null;
}

/** Whether the domain is served here. */
export async function isLocalDomain({ session }: CassandraContext, name: string): Promise<boolean> {
  return (await findDomain(session, normalizeDomain(name) ?? '-')) !== undefined;
}

/** `Directory.listDomains`. */
export async function listDomains(
  { session }: CassandraContext,
  page: PageRequest = {},
): Promise<Page<Domain>> {
  const { items: names, next } = await listKeys(page, async ({ slot, after, limit }) => {
    const cql = 'select name from domain_list where slot = ? and name > ? order by name limit ?';
    return (await session.rows<{ name: string }>(cql, [slot, after, limit])).map(({ name }) => name);
  });
  const cql = `select ${domainColumns} from domain where name in ?`;
  const parts = await Promise.all(grouped(names, 50).map(part => session.rows<DomainRecord>(cql, [part])));
  const records = new Map(parts.flat().map(record => [record.name, record]));
  const items = names.flatMap(name => {
    const record = records.get(name);
    return record ? [toDomain(record)] : [];
  });
  return { items, next };
}

/** `Directory.setCatchAll`. */
export async function setCatchAll(
  { session }: CassandraContext,
  name: string,
  accountId: string | null,
): Promise<void> {
  const { name: domain } = await requireServed(session, name);
  if (accountId !== null) {
    await requireAccount(session, accountId);
    // Before it: so that the account's removal finds the domain.
    const cql = 'insert into catch_all_of_account (account, domain) values (?, ?)';
    await session.run(cql, [accountId, domain]);
  }
  const { applied } = await settle<DomainRecord>(session, {
    claim: { cql: 'update domain set catch_all = ? where name = ? if exists', values: [accountId, domain] },
    look: { cql: selectClaim, values: [domain] },
    isDone: row => row?.name === domain && (row.catch_all ?? null) === accountId,
  });
  if (!applied) throw new DeliveryError('notFound', 'no such domain', { fields: { domain } });
}

/** Takes the account out of every domain whose catch-all it is. */
export async function clearCatchAlls(session: Session, accountId: string): Promise<void> {
  const rows = await session.rows<{ domain: string }>(
    'select domain from catch_all_of_account where account = ?',
    [accountId],
  );
  for (const { domain } of rows) {
    await settle<DomainRecord>(session, {
      claim: {
        cql: 'update domain set catch_all = null where name = ? if catch_all = ?',
        values: [domain, accountId],
      },
      look: { cql: selectClaim, values: [domain] },
      isDone: row => row?.catch_all !== accountId,
    });
  }
}

/** `Directory.removeDomain`. */
export async function removeDomain(context: CassandraContext, name: string): Promise<void> {
  const { session } = context;
  const record = await requireServed(session, name);
  const { name: domain, claim } = record;
  if (await hasAddresses(context, domain)) throw stillUsed(domain);
  await settle<DomainRecord>(session, {
    claim: { cql: 'delete from domain where name = ? if claim = ?', values: [domain, claim] },
    look: { cql: selectClaim, values: [domain] },
    isDone: row => row?.claim !== claim,
  });
  // Whoever claims an address lists it, then asks whether the domain is still served: one of both sees the other.
  if (await hasAddresses(context, domain)) {
    await restoreDomain(session, record);
    throw stillUsed(domain);
  }
  const cql = 'delete from domain_list where slot = ? and name = ?';
  await session.run(cql, [slotOf(domain), domain], record.written);
}

function stillUsed(domain: string): DeliveryError {
  return new DeliveryError('badRequest', 'the domain still has addresses', { fields: { domain } });
}

async function restoreDomain(session: Session, record: DomainRecord): Promise<void> {
  const { name, tenant, catch_all, created, claim } = record;
  await settle<DomainRecord>(session, {
    claim: {
      cql: `insert into domain (name, tenant, catch_all, created, claim) values (?, ?, ?, ?, ?) if not exists`,
      values: [name, tenant, catch_all ?? undefined, created, claim],
    },
    look: { cql: selectClaim, values: [name] },
    // Another may have added the domain meanwhile: served it is.
    isDone: row => row?.name === name,
  });
  await listDomain(session, name);
}

/** Whether an address of the domain is somebody's; what is left of an account that was never made does not count. */
async function hasAddresses(context: CassandraContext, domain: string): Promise<boolean> {
  const { session } = context;
  const cql = 'select key, account from address_of_domain where domain = ?';
  const dead = new Set<string>();
  for await (const page of session.pages<{ key: string; account: string }>(cql, [domain], 50)) {
    for (const { key, account } of page) {
      if (dead.has(account)) continue;
      const row = await session.row<{ account: string }>('select account from address where key = ?', [key]);
      if (row?.account !== account) continue;
      if ((await settleMaking(context, account)) !== 'gone') return true;
      dead.add(account);
    }
  }
  return false;
}
