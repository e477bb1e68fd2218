import { randomBytes } from 'node:crypto';
import { DeliveryError } from '../../../errors.ts';
import { type ParsedAddress, requireAddress } from '../../address.ts';
import { newId } from '../../ids.ts';
import type { Account, BulkResult, NewAccount } from '../../store.ts';
import { versionMismatch } from '../../version-mismatch.ts';
import { asBulkResult } from '../bulk.ts';
import type { Database } from '../database.ts';
import { maxAccounts } from '../files.ts';
import type { WriteContext } from '../threads/context.ts';
import {
  type AccountRecord,
  type DomainRecord,
  requireAccount,
  type TenantRecord,
  toAccount,
} from './rows.ts';

export function addAccount(context: WriteContext, account: NewAccount): Account {
  const { database, now } = context;
  const primary = requireAddress(account.address);
  const domain = requireServed(database, primary.domain);
  requireRoom(database, domain.tenant);
  const id = newId('A', now);
  requireFree(database, primary);
  database.run(
    `insert into account(id, tenant, domain, address, display_name, custody, quota, state, hash_salt, created,
       password_hash) values (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?)`,
    id,
    domain.tenant,
    primary.domain,
    primary.address,
    account.displayName ?? null,
    account.custody ?? 'none',
    account.quotaOctets ?? null,
    randomBytes(32),
    now,
    account.passwordHash ?? null,
  );
  const record = requireAccount(database, id);
  if (record.number > maxAccounts)
    throw new DeliveryError('storeFull', 'the directory holds no more accounts');
  claim(database, primary, record.number, 'primary');
  for (const alias of account.aliases ?? []) {
    const parsed = requireAddress(alias);
    requireServed(database, parsed.domain);
    if (parsed.key !== primary.key) claim(database, parsed, record.number, 'alias');
  }
  return toAccount(record, context.settings);
}

export function addAccounts(context: WriteContext, accounts: readonly NewAccount[]): BulkResult[] {
  return accounts.map(account =>
    withExistingId(
      context.database,
      asBulkResult(context.database, account.address, () => addAccount(context, account).id),
    ),
  );
}

/**
 * A bulk job that goes on needs the ids of what it made before. Where the address is no account's own, an alias was
 * in the way: nothing was made, and it does not count as there.
 */
function withExistingId(database: Database, result: BulkResult): BulkResult {
  if (result.outcome !== 'exists') return result;
  const { key } = requireAddress(result.name);
  const known = database.get<{ id: string }>(
    `select a.id from address d join account a on a.number = d.account where d.key = ? and d.kind = 'primary'`,
    key,
  );
  return known ? { ...result, id: known.id } : { ...result, outcome: 'failed' };
}

function requireServed(database: Database, name: string): DomainRecord {
  const domain = database.get<DomainRecord>('select * from domain where name = ?', name);
  if (!domain) throw new DeliveryError('notFound', 'no such domain', { fields: { domain: name } });
  return domain;
}

function requireRoom(database: Database, tenantId: string): void {
  const tenant = database.get<TenantRecord>('select * from tenant where id = ?', tenantId);
  if (!tenant || tenant.max_accounts === null) return;
  const held = database.get<{ held: number }>('select count(*) held from account where tenant = ?', tenantId);
  if ((held?.held ?? 0) >= tenant.max_accounts) {
    throw new DeliveryError('forbidden', 'the tenant holds no more accounts', { fields: { tenantId } });
  }
}

function requireFree(database: Database, { key, address }: ParsedAddress): void {
  if (database.get('select 1 from address where key = ?', key)) {
    throw new DeliveryError('alreadyExists', 'already exists', { fields: { address } });
  }
}

function claim(database: Database, parsed: ParsedAddress, number: number, kind: 'primary' | 'alias'): void {
  requireFree(database, parsed);
  database.run(
    'insert into address(key, address, domain, account, kind) values (?, ?, ?, ?, ?)',
    parsed.key,
    parsed.address,
    parsed.domain,
    number,
    kind,
  );
}

export function updateAccount(
  { database, settings }: WriteContext,
  id: string,
  change: Partial<Pick<Account, 'displayName' | 'custody' | 'quotaOctets' | 'state'>>,
): Account {
  const record = requireAccount(database, id);
  const merged = { ...toAccount(record, settings), ...change };
  database.run(
    'update account set display_name = ?, custody = ?, quota = ?, state = ? where number = ?',
    merged.displayName,
    merged.custody,
    merged.quotaOctets,
    merged.state,
    record.number,
  );
  return toAccount(requireAccount(database, id), settings);
}

/** First step of a removal: from now on the account is not found. Null: there is no such account. */
export function beginRemoval({ database }: WriteContext, id: string): { number: number } | null {
  const record = database.get<AccountRecord>('select * from account where id = ?', id);
  if (!record) return null;
  database.run(`update account set state = 'removing', password_hash = null where number = ?`, record.number);
  database.run('delete from secret where account = ?', record.number);
  return { number: record.number };
}

/** Last step of a removal: frees the addresses. */
export function endRemoval({ database }: WriteContext, number: number): void {
  const record = database.get<AccountRecord>('select * from account where number = ?', number);
  if (!record) return;
  database.run('update domain set catch_all = null where catch_all = ?', record.id);
  for (const table of ['role', 'secret', 'address']) {
    database.run(`delete from ${table} where account = ?`, number);
  }
  database.run('delete from account where number = ?', number);
}

export function addAlias({ database }: WriteContext, address: string, accountId: string): void {
  const parsed = requireAddress(address);
  requireServed(database, parsed.domain);
  claim(database, parsed, requireAccount(database, accountId).number, 'alias');
}

export function removeAlias({ database }: WriteContext, address: string): void {
  const { key } = requireAddress(address);
  const removed = database.run(`delete from address where key = ? and kind = 'alias'`, key);
  if (removed === 0) throw new DeliveryError('notFound', 'no such alias', { fields: { address } });
}

export function setPasswordHash(
  { database }: WriteContext,
  accountId: string,
  passwordHash: string | null,
  { keepTokens = false }: { keepTokens?: boolean } = {},
): void {
  const { number } = requireAccount(database, accountId);
  database.run('update account set password_hash = ? where number = ?', passwordHash, number);
  database.run(`delete from secret where account = ? and kind in ('session', 'ticket')`, number);
  if (!keepTokens) database.run('delete from secret where account = ?', number);
}

/** Keeps a named document of the instance; triggers count its versions (`schema.ts`). */
export function putInstanceState(
  { database }: WriteContext,
  name: string,
  { octets, ifVersion }: { readonly octets: Uint8Array; readonly ifVersion: number | null | undefined },
): number {
  if (octets.byteLength > 64 * 1024 * 1024) {
    throw new DeliveryError('badRequest', 'a document of the instance is at most 64 MiB', {
      fields: { name },
    });
  }
  const known = instanceVersion(database, name);
  if (ifVersion !== undefined && known !== ifVersion) throw versionMismatch({ name });
  database.run('insert or replace into state(name, octets) values (?, ?)', name, octets);
  return instanceVersion(database, name) ?? 0;
}

function instanceVersion(database: Database, name: string): number | null {
  const row = database.get<{ version: number }>('select version from state_version where name = ?', name);
  return row?.version ?? null;
}

/** A small flushed write. */
export function probeDirectory({ database, now }: WriteContext): void {
  database.run(`insert or replace into meta(name, value) values ('probe', ?)`, now);
}
