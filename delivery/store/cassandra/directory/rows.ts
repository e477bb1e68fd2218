import { DeliveryError } from '../../../errors.ts';
import { drawHashKey } from '../../hash-key.ts';
import type { Account, Custody } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import type { Session } from '../session.ts';
import { grouped } from './at-once.ts';

/** A row of `account`. */
export interface AccountRecord {
  readonly id: string;
  readonly tenant: string;
  readonly domain: string;
  readonly address: string;
  readonly display_name: string | null;
  readonly custody: Custody;
  readonly quota: bigint | null;
  readonly state: 'open' | 'closed';
  readonly hash_salt: Uint8Array;
  readonly created: Date;
  readonly password_hash: string | null;
  readonly second_factor: boolean | null;
  /** Keys of the addresses that it was made with, its own first. */
  readonly claims: readonly string[] | null;
  /** True when all of it is there. */
  readonly made: boolean | null;
  /** True from the first step of its removal on. */
  readonly gone: boolean | null;
  /** What sessions and tickets, and what other secrets, must be of to count. */
  readonly session_epoch: string | null;
  readonly token_epoch: string | null;
}

const accountColumns = `id, tenant, domain, address, display_name, custody, quota, state, hash_salt, created,
  password_hash, second_factor, claims, made, gone, session_epoch, token_epoch`;

/** The row with this id, whatever state it is in. */
export async function readRecord(session: Session, id: string): Promise<AccountRecord | undefined> {
  const cql = `select ${accountColumns} from account where id = ?`;
  const record = await session.row<AccountRecord>(cql, [id]);
  return record && isWhole(record) ? record : undefined;
}

/** The rows with these ids, in no order. */
export async function readRecords(session: Session, ids: readonly string[]): Promise<AccountRecord[]> {
  const cql = `select ${accountColumns} from account where id in ?`;
  const parts = await Promise.all(grouped(ids, 50).map(part => session.rows<AccountRecord>(cql, [part])));
  return parts.flat().filter(isWhole);
}

/** A change that came after the removal leaves a row of its cells alone. */
function isWhole(record: AccountRecord): boolean {
  return record.address !== null;
}

/** Whether the account is there for everybody: all made, and not being removed. */
export function isThere(record: Pick<AccountRecord, 'made' | 'gone'>): boolean {
  return record.made === true && record.gone !== true;
}

/** The account with this id; undefined when there is none, or it is being made or removed. */
export async function findAccount(session: Session, id: string): Promise<AccountRecord | undefined> {
  const record = await readRecord(session, id);
  return record && isThere(record) ? record : undefined;
}

/** As `findAccount`; throws `notFound` instead. */
export async function requireAccount(session: Session, id: string): Promise<AccountRecord> {
  const record = await findAccount(session, id);
  if (!record) throw noAccount(id);
  return record;
}

/** What is thrown where there is no such account. */
export function noAccount(accountId: string): DeliveryError {
  return new DeliveryError('notFound', 'no such account', { fields: { accountId } });
}

/** `work` for an account that is there; looks for both at once. Throws `notFound` when it is not. */
export async function ofAccount<T>(session: Session, id: string, work: () => Promise<T>): Promise<T> {
  const [, result] = await Promise.all([requireAccount(session, id), work()]);
  return result;
}

/** The account in the words of the contract. */
export function toAccount(
  record: AccountRecord,
  { hashSecret }: Pick<CassandraContext, 'hashSecret'>,
): Account {
  return {
    id: record.id,
    tenantId: record.tenant,
    address: record.address,
    displayName: record.display_name,
    custody: record.custody,
    quotaOctets: record.quota === null ? null : Number(record.quota),
    state: record.state,
    hashKey: drawHashKey(record.hash_salt, hashSecret),
    createdAt: record.created,
  };
}
