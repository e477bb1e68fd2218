import { normalizeDomain, parseAddress } from '../../address.ts';
import type { Account, Credentials, Owner, Page, PageRequest } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { findAddress } from './address-row.ts';
import { addressesOf } from './aliases.ts';
import { settleMaking } from './making-end.ts';
import {
  type AccountRecord,
  findAccount,
  isThere,
  noAccount,
  readRecords,
  requireAccount,
  toAccount,
} from './rows.ts';
import { listKeys, pageOfKeys } from './slots.ts';

/** `Directory.getAccount`. */
export async function getAccount(context: CassandraContext, id: string): Promise<Account | null> {
  const record = await findAccount(context.session, id);
  return record ? toAccount(record, context) : null;
}

/** `Directory.getAccountByAddress`. */
export async function getAccountByAddress(
  context: CassandraContext,
  address: string,
): Promise<Account | null> {
  const key = parseAddress(address)?.key;
  const row = key === undefined ? undefined : await findAddress(context.session, key);
  return row ? await getAccount(context, row.account) : null;
}

/** The account and all its addresses, in two requests at once. */
export async function getOwner(context: CassandraContext, accountId: string): Promise<Owner | null> {
  const { session } = context;
  const [record, rows] = await Promise.all([
    findAccount(session, accountId),
    addressesOf(session, accountId),
  ]);
  if (!record) return null;
  return { account: toAccount(record, context), addresses: rows.map(({ address }) => address) };
}

/** `Directory.listAccounts`. */
export async function listAccounts(
  context: CassandraContext,
  page: PageRequest & { domain?: string } = {},
): Promise<Page<Account>> {
  const { items: ids, next } = await listIds(context, page);
  const records = await readRecords(context.session, ids);
  for (const { id, made } of records) if (!made) await settleMaking(context, id);
  const items = records
    .filter(isThere)
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .map(record => toAccount(record, context));
  return { items, next };
}

async function listIds(
  { session }: CassandraContext,
  page: PageRequest & { domain?: string },
): Promise<Page<string>> {
  const idsOf = async (cql: string, values: readonly unknown[]): Promise<string[]> =>
    (await session.rows<{ id: string }>(cql, values)).map(({ id }) => id);
  if (page.domain === undefined) {
    const cql = 'select id from account_list where slot = ? and id > ? order by id limit ?';
    return await listKeys(page, ({ slot, after, limit }) => idsOf(cql, [slot, after, limit]));
  }
  const domain = normalizeDomain(page.domain) ?? '-';
  const cql = 'select id from account_of_domain where domain = ? and id > ? order by id limit ?';
  return await pageOfKeys(page, ({ after, limit }) => idsOf(cql, [domain, after, limit]));
}

/** Columns of what can be changed. */
const changeable = {
  displayName: 'display_name',
  custody: 'custody',
  quotaOctets: 'quota',
  state: 'state',
} as const satisfies Record<string, keyof AccountRecord>;

type AccountChange = Partial<Pick<Account, keyof typeof changeable>>;

/** `Directory.updateAccount`. */
export async function updateAccount(
  context: CassandraContext,
  id: string,
  change: AccountChange,
): Promise<Account> {
  const { session } = context;
  const names = (Object.keys(changeable) as (keyof typeof changeable)[]).filter(
    name => change[name] !== undefined,
  );
  const columns = names.map(name => changeable[name]);
  const values = names.map(name => cellOf(change[name]));
  await requireAccount(session, id);
  if (columns.length > 0) await writeCells(context, id, { columns, values });
  return toAccount(await requireAccount(session, id), context);
}

function cellOf(value: AccountChange[keyof AccountChange]): unknown {
  return typeof value === 'number' ? BigInt(value) : value;
}

/** Overwrites cells of the account's row, later than what is in them. */
async function writeCells(
  { session }: CassandraContext,
  id: string,
  { columns, values }: { readonly columns: readonly string[]; readonly values: readonly unknown[] },
): Promise<void> {
  const times = columns.map((column, index) => `writetime(${column}) as t${index}`);
  const known = await session.row<Record<string, bigint | null>>(
    `select ${times.join(', ')} from account where id = ?`,
    [id],
  );
  const written = columns.map((_unused, index) => known?.[`t${index}`]);
  const set = columns.map(column => `${column} = ?`).join(', ');
  await session.run(`update account set ${set} where id = ?`, [...values, id], session.micros(written));
}

/** `Directory.getCredentials`. */
export async function getCredentials(
  { session }: CassandraContext,
  accountId: string,
): Promise<Credentials | null> {
  const record = await findAccount(session, accountId);
  if (!record) return null;
  return {
    accountId,
    passwordHash: record.password_hash,
    secondFactor: record.second_factor === true,
  };
}

/** Replaces the password and the epochs of what it opened, in one mutation. Throws `notFound`. */
export async function writePassword(
  context: CassandraContext,
  accountId: string,
  cells: Partial<Pick<AccountRecord, 'password_hash' | 'session_epoch' | 'token_epoch'>>,
): Promise<void> {
  if (!(await findAccount(context.session, accountId))) throw noAccount(accountId);
  await writeCells(context, accountId, { columns: Object.keys(cells), values: Object.values(cells) });
}

/** First step of a removal: hides the account and takes its password, in one mutation. */
export async function hideAccount(context: CassandraContext, accountId: string): Promise<void> {
  await writeCells(context, accountId, { columns: ['gone', 'password_hash'], values: [true, null] });
}
