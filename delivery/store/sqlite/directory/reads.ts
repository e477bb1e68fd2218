import { addressKey, normalizeDomain, parseAddress } from '../../address.ts';
import { decodeCursor, pageSize, toPage } from '../../page.ts';
import { isWithinQuota } from '../../quota.ts';
import type {
  Account,
  AddressRow,
  Credentials,
  Domain,
  Owner,
  Page,
  PageRequest,
  Receiver,
  Resolution,
  Role,
  Secret,
  Tenant,
} from '../../store.ts';
import type { Database } from '../database.ts';
import { shardOf } from '../files.ts';
import { sweepableOctets } from '../mail/quota.ts';
import type { ReadContext } from '../threads/context.ts';
import {
  type AccountRecord,
  type DomainRecord,
  findAccount,
  requireAccount,
  type SecretRecord,
  secretColumns,
  type TenantRecord,
  toAccount,
  toDomain,
  toSecret,
  toTenant,
} from './rows.ts';

export function getTenant({ directory }: ReadContext, id: string): Tenant | null {
  const record = directory.get<TenantRecord>('select * from tenant where id = ?', id);
  return record ? toTenant(record) : null;
}

export function listTenants({ directory }: ReadContext, page: PageRequest = {}): Page<Tenant> {
  const limit = pageSize(page);
  const rows = directory.all<TenantRecord>(
    'select * from tenant where id > ? order by id limit ?',
    String(decodeCursor(page)?.[0] ?? ''),
    limit + 1,
  );
  return toPage(rows, limit, toTenant, last => [last.id]);
}

export function listRoles({ directory }: ReadContext, accountId: string): { role: Role; scope: string }[] {
  const { number } = requireAccount(directory, accountId);
  return directory.all('select role, scope from role where account = ? order by role, scope', number);
}

export function getDomain({ directory }: ReadContext, name: string): Domain | null {
  const record = directory.get<DomainRecord>(
    'select * from domain where name = ?',
    normalizeDomain(name) ?? '',
  );
  return record ? toDomain(record) : null;
}

export function listDomains({ directory }: ReadContext, page: PageRequest = {}): Page<Domain> {
  const limit = pageSize(page);
  const rows = directory.all<DomainRecord>(
    'select * from domain where name > ? order by name limit ?',
    String(decodeCursor(page)?.[0] ?? ''),
    limit + 1,
  );
  return toPage(rows, limit, toDomain, last => [last.name]);
}

export function getAccount({ directory, settings }: ReadContext, id: string): Account | null {
  const record = findAccount(directory, id);
  return record ? toAccount(record, settings) : null;
}

export function getAccountByAddress({ directory, settings }: ReadContext, address: string): Account | null {
  const record = findByKey(directory, parseAddress(address)?.key ?? '');
  return record ? toAccount(record, settings) : null;
}

function findByKey(directory: ReadContext['directory'], key: string): AccountRecord | undefined {
  return directory.get<AccountRecord>(
    `select a.* from address d join account a on a.number = d.account
     where d.key = ? and a.state <> 'removing'`,
    key,
  );
}

export function listAccounts(
  { directory, settings }: ReadContext,
  page: PageRequest & { domain?: string } = {},
): Page<Account> {
  const limit = pageSize(page);
  const after = Number(decodeCursor(page)?.[0] ?? 0);
  const rows =
    page.domain === undefined
      ? directory.all<AccountRecord>(
          `select * from account where number > ? and state <> 'removing' order by number limit ?`,
          after,
          limit + 1,
        )
      : directory.all<AccountRecord>(
          `select * from account where domain = ? and number > ? and state <> 'removing' order by number limit ?`,
          normalizeDomain(page.domain) ?? '',
          after,
          limit + 1,
        );
  return toPage(
    rows,
    limit,
    record => toAccount(record, settings),
    last => [last.number],
  );
}

export function listAddresses({ directory }: ReadContext, accountId: string): AddressRow[] {
  const { number } = requireAccount(directory, accountId);
  return addressesOf(directory, number).map(({ address, kind }) => ({ address, accountId, kind }));
}

function addressesOf(directory: Database, account: number): Pick<AddressRow, 'address' | 'kind'>[] {
  return directory.all(
    'select address, kind from address where account = ? order by kind desc, key',
    account,
  );
}

export function getOwner(context: ReadContext, accountId: string): Owner | null {
  const record = findAccount(context.directory, accountId);
  if (!record) return null;
  const addresses = addressesOf(context.directory, record.number).map(({ address }) => address);
  return { account: toAccount(record, context.settings), addresses };
}

export function resolveAddress({ directory }: ReadContext, address: string): Resolution | null {
  const parsed = parseAddress(address);
  if (!parsed) return null;
  const exact = findByKey(directory, parsed.key);
  if (exact) return { accountId: exact.id, via: 'exact', detail: null };
  const plus = parsed.localPart.indexOf('+');
  if (plus > 0) {
    const plain = findByKey(directory, addressKey(parsed.localPart.slice(0, plus), parsed.domain));
    if (plain) return { accountId: plain.id, via: 'detail', detail: parsed.localPart.slice(plus + 1) };
  }
  const caught = directory.get<{ id: string }>(
    `select a.id from domain d join account a on a.id = d.catch_all
     where d.name = ? and a.state <> 'removing'`,
    parsed.domain,
  );
  return caught ? { accountId: caught.id, via: 'catchAll', detail: null } : null;
}

export function isLocalDomain({ directory }: ReadContext, name: string): boolean {
  return directory.get('select 1 from domain where name = ?', normalizeDomain(name) ?? '') !== undefined;
}

export function cannotReceive(
  context: ReadContext,
  accountId: string,
  sizeOctets: number,
): 'overQuota' | 'recipientUnavailable' | null {
  const record = findAccount(context.directory, accountId);
  if (record?.state !== 'open') return 'recipientUnavailable';
  if (record.quota === null) return null;
  const shard = context.shard(shardOf(accountId, context.settings.shards));
  const held = shard.get<{ used: number; uploaded: number }>(
    'select used, uploaded from account where number = ?',
    record.number,
  );
  if (isWithinQuota(record.quota, held ?? { used: 0, uploaded: 0 }, sizeOctets)) return null;
  if (!held?.uploaded) return 'overQuota';
  const uploaded = held.uploaded - sweepableOctets(shard, record.number, context.now);
  return isWithinQuota(record.quota, { used: held.used, uploaded }, sizeOctets) ? null : 'overQuota';
}

export function findReceiver(context: ReadContext, address: string, sizeOctets: number): Receiver | null {
  const accountId = resolveAddress(context, address)?.accountId;
  const account = accountId === undefined ? null : getAccount(context, accountId);
  if (!account) return null;
  return {
    accountId: account.id,
    address: account.address,
    custody: account.custody,
    refusal: cannotReceive(context, account.id, sizeOctets),
  };
}

export function getCredentials({ directory }: ReadContext, accountId: string): Credentials | null {
  const record = findAccount(directory, accountId);
  if (!record) return null;
  return { accountId, passwordHash: record.password_hash, secondFactor: record.second_factor !== 0 };
}

export function findSecret(
  { directory, now }: ReadContext,
  kind: Secret['kind'],
  hash: Uint8Array,
): Secret | null {
  const record = directory.get<SecretRecord>(
    `select ${secretColumns} from secret s join account a on a.number = s.account
     where s.kind = ? and s.hash = ? and (s.expires is null or s.expires > ?) and a.state <> 'removing'`,
    kind,
    hash,
    now,
  );
  return record ? toSecret(record) : null;
}

export function listSecrets(
  { directory, now }: ReadContext,
  accountId: string,
  kind: Secret['kind'],
): Secret[] {
  const { number } = requireAccount(directory, accountId);
  const rows = directory.all<SecretRecord>(
    `select ${secretColumns} from secret s join account a on a.number = s.account
     where s.account = ? and s.kind = ? and (s.expires is null or s.expires > ?) order by s.id`,
    number,
    kind,
    now,
  );
  return rows.map(toSecret);
}

export function getInstanceState(
  { directory }: ReadContext,
  name: string,
): { octets: Uint8Array; version: number } | null {
  const row = directory.get<{ octets: Uint8Array; version: number }>(
    'select s.octets, v.version from state s join state_version v on v.name = s.name where s.name = ?',
    name,
  );
  return row ?? null;
}

export function getInstanceStateVersion({ directory }: ReadContext, name: string): number | null {
  const row = directory.get<{ version: number }>('select version from state_version where name = ?', name);
  return row?.version ?? null;
}
