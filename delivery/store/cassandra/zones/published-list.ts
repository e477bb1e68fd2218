import { normalizeDomain } from '../../address.ts';
import { decodeCursor, encodeCursor, pageSize, toPage } from '../../page.ts';
import type { Page, PageRequest, PublishedKey } from '../../store.ts';
import type { CassandraContext } from '../context.ts';
import { domainOf } from '../directory/address-row.ts';
import { mapAtOnce } from '../directory/at-once.ts';
import type { Session } from '../session.ts';
import {
  type PublishedName,
  type PublishedRow,
  publishedColumns,
  rowValues,
  toPublishedKey,
  whereRow,
} from './published-row.ts';
import { keySlot, pageOfSlots } from './slot-pages.ts';

/** Rows that are looked up at once. */
const width = 32;

/** `PublishedKeys.listPublishedKeys`. */
export async function listPublishedKeys(
  { session }: CassandraContext,
  page: PageRequest & { readonly domain?: string; readonly accountId?: string } = {},
): Promise<Page<PublishedKey>> {
  const domain = page.domain === undefined ? undefined : (normalizeDomain(page.domain) ?? '-');
  if (page.accountId !== undefined) return await listOfAccount(session, page.accountId, { ...page, domain });
  if (domain !== undefined) return await listOfDomain(session, domain, page);
  const { rows, next } = await pageOfSlots(page, {
    read: part => readSlot(session, part),
    keyOf: ({ key, kind, account }) => [key, kind, account],
  });
  return { items: newestOfEach(rows).map(toPublishedKey), next };
}

async function readSlot(
  session: Session,
  part: { readonly slot: number; readonly after: readonly unknown[] | null; readonly limit: number },
): Promise<PublishedRow[]> {
  const cql = `select ${publishedColumns} from published_key
    where slot = ? and (key, kind, account) > (?, ?, ?) limit ?`;
  return await session.rows<PublishedRow>(cql, [part.slot, ...(part.after ?? ['', '', '']), part.limit]);
}

/** An address that changed hands beside older code may have rows of both holders: the later one's counts. */
function newestOfEach(rows: readonly PublishedRow[]): PublishedRow[] {
  const newest = new Map<string, PublishedRow>();
  for (const row of rows) {
    const name = `${row.kind} ${row.key}`;
    const known = newest.get(name);
    if (!known || known.published <= row.published) newest.set(name, row);
  }
  return [...newest.values()];
}

/** By the account's list, which is as short as its addresses are few. */
async function listOfAccount(
  session: Session,
  account: string,
  page: PageRequest & { readonly domain: string | undefined },
): Promise<Page<PublishedKey>> {
  const limit = pageSize(page);
  const [key = '', kind = ''] = decodeCursor(page) ?? [];
  const listed = await session.rows<Pick<PublishedName, 'key' | 'kind'>>(
    `select key, kind from published_key_of_account where account = ? and (key, kind) > (?, ?) limit ?`,
    [account, key, kind, limit + 1],
  );
  const names = toPage(
    listed,
    limit,
    row => ({ ...row, account }),
    last => [last.key, last.kind],
  );
  const wanted = names.items.filter(name => page.domain === undefined || domainOf(name.key) === page.domain);
  const cql = `select ${publishedColumns} from published_key ${whereRow}`;
  const found = await mapAtOnce(wanted, width, name => session.row<PublishedRow>(cql, rowValues(name)));
  return { items: found.flatMap(row => (row ? [toPublishedKey(row)] : [])), next: names.next };
}

/** Behind all kinds. */
const lastKind = '~';

/** By the domain's addresses. */
async function listOfDomain(
  session: Session,
  domain: string,
  page: PageRequest,
): Promise<Page<PublishedKey>> {
  const limit = pageSize(page);
  const [after = '', kindAfter = ''] = (decodeCursor(page) ?? []).map(String);
  const addresses = await session.rows<Pick<PublishedName, 'key' | 'account'>>(
    'select key, account from address_of_domain where domain = ? and key >= ? limit ?',
    [domain, after, limit + 1],
  );
  const found = await mapAtOnce(addresses, width, name => rowsOf(session, name));
  const rows = found.flat().filter(({ key, kind }) => key !== after || kind > kindAfter);
  const shown = rows.slice(0, limit);
  const [lastRow, lastAddress] = [shown.at(-1), addresses.at(-1)];
  const next =
    rows.length > limit && lastRow
      ? encodeCursor([lastRow.key, lastRow.kind])
      : addresses.length > limit && lastAddress
        ? encodeCursor([lastAddress.key, lastKind])
        : null;
  return { items: shown.map(toPublishedKey), next };
}

async function rowsOf(
  session: Session,
  { key, account }: Pick<PublishedName, 'key' | 'account'>,
): Promise<PublishedRow[]> {
  const cql = `select ${publishedColumns} from published_key where slot = ? and key = ?`;
  const rows = await session.rows<PublishedRow>(cql, [keySlot(key), key]);
  return rows.filter(row => row.account === account);
}
