import type { ParsedAddress } from '../../address.ts';
import type { Session } from '../session.ts';
import { settle } from './settle.ts';

/** A row of `address`, which lightweight transactions alone write. */
export interface AddressRecord {
  readonly key: string;
  readonly address: string;
  readonly domain: string;
  readonly account: string;
  readonly kind: 'primary' | 'alias';
  /** Tells a claim whose answer was lost from another one of the same account. */
  readonly claim: string;
  /** Of a primary address: true from the instant on at which its account's making can only succeed. */
  readonly made: boolean | null;
  /** When it was claimed, by the clock of the transactions: the time of the rows in the lists, too. */
  readonly written: bigint;
}

const addressColumns =
  'key, address, domain, account, kind, claim, made, writetime(account) as written' as const;

/** The row of an address by its key (`ParsedAddress`). */
export async function findAddress(session: Session, key: string): Promise<AddressRecord | undefined> {
  return await session.row<AddressRecord>(`select ${addressColumns} from address where key = ?`, [key]);
}

/** Rows of several addresses, in no order. */
export async function findAddresses(session: Session, keys: readonly string[]): Promise<AddressRecord[]> {
  return await session.rows<AddressRecord>(`select ${addressColumns} from address where key in ?`, [keys]);
}

/** What a claim says. */
export interface AddressClaim {
  readonly parsed: ParsedAddress;
  readonly account: string;
  readonly kind: AddressRecord['kind'];
  readonly claim: string;
}

/** Writes the row unless there is one; gives the account in the way, null when it is ours now. */
export async function tryAddress(session: Session, wanted: AddressClaim): Promise<string | null> {
  const { parsed, account, kind, claim } = wanted;
  const { applied, row } = await settle<AddressRecord>(session, {
    claim: {
      cql: `insert into address (key, address, domain, account, kind, claim) values (?, ?, ?, ?, ?, ?)
        if not exists`,
      values: [parsed.key, parsed.address, parsed.domain, account, kind, claim],
    },
    look: { cql: 'select account, claim from address where key = ?', values: [parsed.key] },
    isDone: row => row?.claim === claim,
  });
  return applied ? null : (row?.account ?? '');
}

/** Frees the address if it is this account's. */
export async function freeAddress(session: Session, key: string, account: string): Promise<void> {
  await settle<AddressRecord>(session, {
    claim: { cql: 'delete from address where key = ? if account = ?', values: [key, account] },
    look: { cql: 'select account from address where key = ?', values: [key] },
    isDone: row => row?.account !== account,
  });
}

/** The lists' rows of an address, with the time of its claim: a removed claim does not hide a later one. */
export async function listAddress(session: Session, record: AddressRecord): Promise<void> {
  const { key, address, domain, account, kind, written } = record;
  await session.together(
    [
      {
        cql: 'insert into address_of_account (account, key, address, kind) values (?, ?, ?, ?)',
        values: [account, key, address, kind],
      },
      {
        cql: 'insert into address_of_domain (domain, key, account) values (?, ?, ?)',
        values: [domain, key, account],
      },
    ],
    { timestamp: written },
  );
}

/** The domain of an address, from its key. */
export function domainOf(key: string): string {
  return key.slice(key.lastIndexOf('@') + 1);
}

/** Takes the rows of this claim out of the lists. */
export async function unlistAddress(
  session: Session,
  record: Pick<AddressRecord, 'key' | 'domain' | 'account' | 'written'>,
): Promise<void> {
  const { key, domain, account, written } = record;
  await session.together(
    [
      { cql: 'delete from address_of_account where account = ? and key = ?', values: [account, key] },
      { cql: 'delete from address_of_domain where domain = ? and key = ?', values: [domain, key] },
    ],
    { timestamp: written },
  );
}
