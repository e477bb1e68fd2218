import { DeliveryError } from '../../../errors.ts';
import { newId } from '../../ids.ts';
import { decodeCursor, pageSize, toPage } from '../../page.ts';
import type { Page, PageRequest, Role, Tenant } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { ofAccount, requireAccount } from './rows.ts';
import { slotOf, slots } from './slots.ts';

/** The tenant of domains for which none is named. */
export const instanceTenant = 'Instance';

/** Makes the instance's own tenant when it is not there. */
export async function makeInstanceTenant(session: Session): Promise<void> {
  if (await readTenant(session, instanceTenant)) return;
  await session.run('insert into tenant (slot, id, name) values (?, ?, ?)', [
    slotOf(instanceTenant),
    instanceTenant,
    'instance',
  ]);
}

interface TenantRecord {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly max_accounts: number | null;
}

function toTenant(record: TenantRecord): Tenant {
  return { id: record.id, name: record.name, parentId: record.parent, maxAccounts: record.max_accounts };
}

/** `Directory.addTenant`. */
export async function addTenant(
  { session, clock }: CassandraContext,
  wanted: { name: string; parentId?: string | null; maxAccounts?: number | null },
): Promise<Tenant> {
  if (wanted.parentId) await requireTenant(session, wanted.parentId);
  const id = newId('T', clock.now().getTime());
  const tenant: Tenant = {
    id,
    name: wanted.name,
    parentId: wanted.parentId ?? null,
    maxAccounts: wanted.maxAccounts ?? null,
  };
  await session.run('insert into tenant (slot, id, name, parent, max_accounts) values (?, ?, ?, ?, ?)', [
    slotOf(id),
    id,
    tenant.name,
    tenant.parentId ?? undefined,
    tenant.maxAccounts ?? undefined,
  ]);
  return tenant;
}

/** `Directory.getTenant`. */
export async function getTenant({ session }: CassandraContext, id: string): Promise<Tenant | null> {
  return await readTenant(session, id);
}

/** The tenant with this id; null when there is none. */
export async function readTenant(session: Session, id: string): Promise<Tenant | null> {
  const record = await session.row<TenantRecord>(
    'select id, name, parent, max_accounts from tenant where slot = ? and id = ?',
    [slotOf(id), id],
  );
  return record ? toTenant(record) : null;
}

/** As `getTenant`; throws `notFound` instead. */
export async function requireTenant(session: Session, id: string): Promise<Tenant> {
  const tenant = await readTenant(session, id);
  if (!tenant) throw new DeliveryError('notFound', 'no such tenant', { fields: { tenantId: id } });
  return tenant;
}

/** `Directory.listTenants`. */
export async function listTenants(
  { session }: CassandraContext,
  page: PageRequest = {},
): Promise<Page<Tenant>> {
  const limit = pageSize(page);
  const after = String(decodeCursor(page)?.[0] ?? '');
  const cql =
    'select id, name, parent, max_accounts from tenant where slot = ? and id > ? order by id limit ?';
  const parts = await Promise.all(
    slots.map(slot => session.rows<TenantRecord>(cql, [slot, after, limit + 1])),
  );
  const records = parts.flat().sort((one, other) => (one.id < other.id ? -1 : 1));
  return toPage(records, limit, toTenant, last => [last.id]);
}

/** `Directory.grantRole`. */
export async function grantRole(
  { session }: CassandraContext,
  accountId: string,
  { role, scope }: { role: Role; scope: string },
): Promise<void> {
  await requireAccount(session, accountId);
  await putGrant(session, [accountId, role, scope], true);
}

/** `Directory.revokeRole`. */
export async function revokeRole(
  { session }: CassandraContext,
  accountId: string,
  { role, scope }: { role: Role; scope: string },
): Promise<void> {
  await requireAccount(session, accountId);
  await putGrant(session, [accountId, role, scope], false);
}

/** A grant is a cell, not a row: then granting and taking back are changes whose times can be read. */
async function putGrant(session: Session, key: readonly string[], isGranted: boolean): Promise<void> {
  const where = 'where account = ? and role = ? and scope = ?';
  const known = await session.row<{ granted: boolean | null; written: bigint | null }>(
    `select granted, writetime(granted) as written from role ${where}`,
    key,
  );
  if ((known?.granted ?? false) === isGranted) return;
  await session.run(
    `update role set granted = ? ${where}`,
    [isGranted, ...key],
    session.micros([known?.written]),
  );
}

/** `Directory.listRoles`. */
export async function listRoles(
  { session }: CassandraContext,
  accountId: string,
): Promise<{ role: Role; scope: string }[]> {
  const rows = await ofAccount(session, accountId, () =>
    session.rows<{ role: Role; scope: string; granted: boolean | null }>(
      'select role, scope, granted from role where account = ?',
      [accountId],
    ),
  );
  return rows.filter(({ granted }) => granted).map(({ role, scope }) => ({ role, scope }));
}
