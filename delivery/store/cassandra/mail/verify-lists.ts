import { decodeOrdered } from '../../ids.ts';
import type { CassandraContext } from '../context.ts';
import type { AddressRecord } from '../directory/address-row.ts';
import { type DomainRecord, domainColumns, findDomain } from '../directory/domain-row.ts';
import { readRecord, readRecords } from '../directory/rows.ts';
import { slotOf, slots } from '../directory/slots.ts';
import { accountSuspicions } from './verify-accounts.ts';
import { addressesOfAccount, claimSuspicions, strayInDomain } from './verify-addresses.ts';
import type { Suspicion } from './verify-fault.ts';

/** Rows of a table that is read whole. */
const pageSize = 200;

/** Ids of all accounts, by their rows and not by the lists. */
export async function* allAccountIds({ session }: CassandraContext): AsyncGenerator<string> {
  const cql = 'select id from account';
  for await (const page of session.pages<{ id: string }>(cql, [], pageSize))
    for (const { id } of page) yield id;
}

/** What is wrong with the row, lists and addresses of one account. */
export async function directoryOfAccount(context: CassandraContext, accountId: string): Promise<Suspicion[]> {
  const found = await accountSuspicions(context, accountId);
  return [...found, ...(await addressesOfAccount(context, accountId))];
}

/** What is wrong with the directory but for the accounts' own (`directoryOfAccount`), some at a time. */
export async function* directorySuspicions(context: CassandraContext): AsyncGenerator<Suspicion[]> {
  const { session } = context;
  const addresses = `select key, address, domain, account, kind, claim, made, writetime(account) as written
    from address`;
  for await (const page of session.pages<AddressRecord>(addresses, [], pageSize)) {
    const parts = await Promise.all(page.map(record => unlessListed(context, record)));
    yield parts.flat();
  }
  const domains = `select ${domainColumns} from domain`;
  for await (const page of session.pages<DomainRecord>(domains, [], pageSize)) {
    for (const record of page) {
      yield await domainSuspicions(context, record);
      yield await strayInDomain(context, record.name);
      yield* goneIn(context, { table: 'account_of_domain', column: 'domain', partition: record.name });
    }
  }
  for (const slot of slots)
    yield* goneIn(context, { table: 'account_list', column: 'slot', partition: slot });
  const tenants = session.pages<{ id: string }>('select id from tenant', [], pageSize);
  for await (const page of tenants)
    for (const { id } of page)
      yield* goneIn(context, { table: 'account_of_tenant', column: 'tenant', partition: id });
}

/** Addresses with which their account is listed are looked at with the account. */
async function unlessListed(context: CassandraContext, record: AddressRecord): Promise<Suspicion[]> {
  const { account, key } = record;
  const cql = 'select key from address_of_account where account = ? and key = ?';
  const isMet =
    (await context.session.row(cql, [account, key])) !== undefined ||
    (await readRecord(context.session, account))?.claims?.includes(key);
  return isMet ? [] : await claimSuspicions(context, record);
}

async function domainSuspicions(context: CassandraContext, record: DomainRecord): Promise<Suspicion[]> {
  const found: Suspicion[] = [];
  const { name, catch_all: accountId } = record;
  if (!(await isDomainListed(context, name))) found.push(domainUnlisted(context, name));
  if (accountId && !(await isCatchAllListed(context, accountId, name)))
    found.push(catchAllUnlisted(context, { accountId, name }));
  return found;
}

async function isDomainListed({ session }: CassandraContext, name: string): Promise<boolean> {
  const cql = 'select name from domain_list where slot = ? and name = ?';
  return (await session.row(cql, [slotOf(name), name])) !== undefined;
}

/** A domain is listed behind its claim: soon, or by who claims it next. */
function domainUnlisted(context: CassandraContext, name: string): Suspicion {
  const { session } = context;
  const isStill = async (): Promise<boolean> =>
    !(await isDomainListed(context, name)) && (await findDomain(session, name)) !== undefined;
  const list = async (written: bigint): Promise<void> => {
    const cql = 'insert into domain_list (slot, name) values (?, ?)';
    await session.run(cql, [slotOf(name), name], written);
  };
  return {
    kind: 'domainUnlisted',
    accountId: null,
    detail: name,
    isStill,
    mend: async () => {
      const record = await findDomain(session, name);
      if (!record) return;
      await list(record.written);
      // Something took it out of the list later than it was claimed.
      if (await isStill()) await list(session.micros());
    },
  };
}

async function isCatchAllListed(
  { session }: CassandraContext,
  accountId: string,
  domain: string,
): Promise<boolean> {
  const cql = 'select domain from catch_all_of_account where account = ? and domain = ?';
  return (await session.row(cql, [accountId, domain])) !== undefined;
}

/** By this list the removal of an account finds the domains whose catch-all it is. */
function catchAllUnlisted(
  context: CassandraContext,
  { accountId, name }: { readonly accountId: string; readonly name: string },
): Suspicion {
  const { session } = context;
  const isStill = async (): Promise<boolean> => {
    if (await isCatchAllListed(context, accountId, name)) return false;
    const record = await readRecord(session, accountId);
    return record?.gone !== true && (await findDomain(session, name))?.catch_all === accountId;
  };
  return {
    kind: 'catchAllUnlisted',
    accountId,
    detail: name,
    isStill,
    mend: async () => {
      if (!(await isStill())) return;
      const cql = 'insert into catch_all_of_account (account, domain) values (?, ?)';
      await session.run(cql, [accountId, name]);
    },
  };
}

/** A partition of a list of accounts. */
interface ListPart {
  readonly table: string;
  readonly column: string;
  readonly partition: unknown;
}

/** Rows of a list whose account is gone. */
async function* goneIn(context: CassandraContext, part: ListPart): AsyncGenerator<Suspicion[]> {
  const { session, clock } = context;
  const cql = `select id from ${part.table} where ${part.column} = ?`;
  for await (const page of session.pages<{ id: string }>(cql, [part.partition], pageSize)) {
    const ids = page.map(({ id }) => id).filter(id => madeAt(id) <= clock.now().getTime() - dayMilliseconds);
    const there = new Set((await readRecords(session, ids)).map(({ id }) => id));
    yield ids.filter(id => !there.has(id)).map(id => accountGone(context, { part, id }));
  }
}

const dayMilliseconds = 86_400_000;

/** When an account's id was made, in milliseconds. */
export function madeAt(id: string): number {
  return decodeOrdered(id.slice(1, 9)) ?? 0;
}

/** Ids of accounts never return. */
function accountGone(
  context: CassandraContext,
  { part, id }: { readonly part: ListPart; readonly id: string },
): Suspicion {
  const { session } = context;
  const { table, column, partition } = part;
  const isStill = async (): Promise<boolean> => {
    if (await readRecord(session, id)) return false;
    const cql = `select id from ${table} where ${column} = ? and id = ?`;
    return (await session.row(cql, [partition, id])) !== undefined;
  };
  return {
    kind: 'accountLeftover',
    accountId: id,
    detail: table,
    isStill,
    mend: async () => {
      if (await isStill())
        await session.run(`delete from ${table} where ${column} = ? and id = ?`, [partition, id]);
    },
  };
}
