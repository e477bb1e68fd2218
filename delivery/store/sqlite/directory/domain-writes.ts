import { DeliveryError } from '../../../errors.ts';
import { requireDomain } from '../../address.ts';
import { newId } from '../../ids.ts';
import type { BulkResult, Domain, Role, Tenant } from '../../store.ts';
import { asBulkResult } from '../bulk.ts';
import type { WriteContext } from '../threads/context.ts';
import { type DomainRecord, requireAccount, type TenantRecord, toDomain, toTenant } from './rows.ts';

/** The tenant of domains for which none is named. */
export const instanceTenant = 'Instance';

export function addTenant(
  { database, now }: WriteContext,
  tenant: { name: string; parentId?: string | null; maxAccounts?: number | null },
): Tenant {
  if (tenant.parentId) requireTenant(database, tenant.parentId);
  const id = newId('T', now);
  database.run(
    'insert into tenant(id, name, parent, max_accounts) values (?, ?, ?, ?)',
    id,
    tenant.name,
    tenant.parentId ?? null,
    tenant.maxAccounts ?? null,
  );
  return toTenant(requireTenant(database, id));
}

function requireTenant(database: WriteContext['database'], id: string): TenantRecord {
  const record = database.get<TenantRecord>('select * from tenant where id = ?', id);
  if (!record) throw new DeliveryError('notFound', 'no such tenant', { fields: { tenantId: id } });
  return record;
}

export function grantRole({ database }: WriteContext, accountId: string, role: Role, scope: string): void {
  const { number } = requireAccount(database, accountId);
  database.run('insert or ignore into role(account, role, scope) values (?, ?, ?)', number, role, scope);
}

export function revokeRole({ database }: WriteContext, accountId: string, role: Role, scope: string): void {
  const { number } = requireAccount(database, accountId);
  database.run('delete from role where account = ? and role = ? and scope = ?', number, role, scope);
}

export function addDomain(context: WriteContext, name: string, options: { tenantId?: string } = {}): Domain {
  const { database, now } = context;
  const domain = requireDomain(name);
  const tenant = requireTenant(database, options.tenantId ?? instanceTenant);
  const added = database.run(
    'insert or ignore into domain(name, tenant, created) values (?, ?, ?)',
    domain,
    tenant.id,
    now,
  );
  if (added === 0) throw new DeliveryError('alreadyExists', 'already exists', { fields: { domain } });
  return { name: domain, tenantId: tenant.id, catchAllAccountId: null, createdAt: new Date(now) };
}

export function addDomains(
  context: WriteContext,
  names: readonly string[],
  options: { tenantId?: string } = {},
): BulkResult[] {
  return names.map(name =>
    asBulkResult(context.database, name, () => addDomain(context, name, options).name),
  );
}

function requireDomainRecord(database: WriteContext['database'], name: string): DomainRecord {
  const domain = requireDomain(name);
  const record = database.get<DomainRecord>('select * from domain where name = ?', domain);
  if (!record) throw new DeliveryError('notFound', 'no such domain', { fields: { domain } });
  return record;
}

export function setCatchAll({ database }: WriteContext, name: string, accountId: string | null): Domain {
  const { name: domain } = requireDomainRecord(database, name);
  if (accountId !== null) requireAccount(database, accountId);
  database.run('update domain set catch_all = ? where name = ?', accountId, domain);
  return toDomain(requireDomainRecord(database, domain));
}

export function removeDomain({ database }: WriteContext, name: string): void {
  const { name: domain } = requireDomainRecord(database, name);
  if (database.get('select 1 from address where domain = ? limit 1', domain)) {
    throw new DeliveryError('badRequest', 'the domain still has addresses', { fields: { domain } });
  }
  database.run('delete from domain where name = ?', domain);
}
