import { DeliveryError } from '../../../errors.ts';
import type { Account, Custody, Domain, Secret, Tenant } from '../../store.ts';
import type { Database } from '../database.ts';
import type { StoreSettings } from '../threads/protocol.ts';
import { hashKeyOf } from './hash-key.ts';

/** A row of `account` in the directory. */
export interface AccountRecord {
  readonly number: number;
  readonly id: string;
  readonly tenant: string;
  readonly domain: string;
  readonly address: string;
  readonly display_name: string | null;
  readonly custody: Custody;
  readonly quota: number | null;
  readonly state: 'open' | 'closed' | 'removing';
  readonly hash_salt: Uint8Array;
  readonly created: number;
  readonly password_hash: string | null;
  readonly second_factor: number;
}

/** The account with this id; undefined when there is none or it is being removed. */
export function findAccount(directory: Database, id: string): AccountRecord | undefined {
  return directory.get<AccountRecord>(`select * from account where id = ? and state <> 'removing'`, id);
}

/** As `findAccount`; throws `notFound` instead. */
export function requireAccount(directory: Database, id: string): AccountRecord {
  const record = findAccount(directory, id);
  if (!record) throw new DeliveryError('notFound', 'no such account', { fields: { accountId: id } });
  return record;
}

/** The account in the words of the contract. */
export function toAccount(record: AccountRecord, settings: Pick<StoreSettings, 'hashSecret'>): Account {
  return {
    id: record.id,
    tenantId: record.tenant,
    address: record.address,
    displayName: record.display_name,
    custody: record.custody,
    quotaOctets: record.quota,
    state: record.state === 'open' ? 'open' : 'closed',
    hashKey: hashKeyOf(record, settings),
    createdAt: new Date(record.created),
  };
}

export interface DomainRecord {
  readonly name: string;
  readonly tenant: string;
  readonly catch_all: string | null;
  readonly created: number;
}

/** The domain in the words of the contract. */
export function toDomain(record: DomainRecord): Domain {
  return {
    name: record.name,
    tenantId: record.tenant,
    catchAllAccountId: record.catch_all,
    createdAt: new Date(record.created),
  };
}

export interface TenantRecord {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly max_accounts: number | null;
}

/** The tenant in the words of the contract. */
export function toTenant(record: TenantRecord): Tenant {
  return { id: record.id, name: record.name, parentId: record.parent, maxAccounts: record.max_accounts };
}

export interface SecretRecord {
  readonly id: string;
  readonly kind: Secret['kind'];
  readonly account_id: string;
  readonly label: string | null;
  readonly created: number;
  readonly expires: number | null;
  readonly last_used: number | null;
  readonly data: string | null;
}

/** Columns of a secret together with the id of its account. */
export const secretColumns =
  's.id, s.kind, a.id account_id, s.label, s.created, s.expires, s.last_used, s.data' as const;

/** The secret in the words of the contract. */
export function toSecret(record: SecretRecord): Secret {
  return {
    id: record.id,
    accountId: record.account_id,
    kind: record.kind,
    label: record.label,
    createdAt: new Date(record.created),
    expiresAt: record.expires === null ? null : new Date(record.expires),
    lastUsedAt: record.last_used === null ? null : new Date(record.last_used),
    data: record.data === null ? null : (JSON.parse(record.data) as unknown),
  };
}
