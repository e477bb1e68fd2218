import { normalizeDomain, parseAddress } from '../../address.ts';
import { decodeCursor, pageSize, toPage } from '../../page.ts';
import type {
  Page,
  PageRequest,
  PublishedKey,
  PublishedKind,
  StoredZone,
  StoreFault,
  ZoneChanges,
} from '../../store.ts';
import { changesWanted, toldMilliseconds } from '../../zone-change.ts';
import type { Database, Value } from '../database.ts';
import { findAccount } from '../directory/rows.ts';
import type { ReadContext } from '../threads/context.ts';
import { type PublishedRecord, selectPublished, toPublishedKey } from './published-rows.ts';

export function getPublishedKey(
  { directory }: ReadContext,
  address: string,
  kind: PublishedKind,
): PublishedKey | null {
  const key = parseAddress(address)?.key ?? '';
  const record = directory.get<PublishedRecord>(
    `${selectPublished} where p.key = ? and p.kind = ?`,
    key,
    kind,
  );
  return record ? toPublishedKey(record) : null;
}

export function listPublishedKeys(
  { directory }: ReadContext,
  page: PageRequest & { readonly domain?: string; readonly accountId?: string } = {},
): Page<PublishedKey> {
  const limit = pageSize(page);
  const conditions = ['p.id > ?'];
  const values: Value[] = [Number(decodeCursor(page)?.[0] ?? 0)];
  if (page.domain !== undefined) {
    conditions.push('p.domain = ?');
    values.push(normalizeDomain(page.domain) ?? '');
  }
  if (page.accountId !== undefined) {
    conditions.push('p.account = ?');
    values.push(findAccount(directory, page.accountId)?.number ?? 0);
  }
  const rows = directory.all<PublishedRecord>(
    `${selectPublished} where ${conditions.join(' and ')} order by p.id limit ?`,
    ...values,
    limit + 1,
  );
  return toPage(rows, limit, toPublishedKey, last => [last.id]);
}

/** A row of `zone`. */
interface ZoneRecord {
  readonly name: string;
  readonly document: string;
  readonly version: number;
}

export function getZone({ directory }: ReadContext, name: string): StoredZone | null {
  const record = directory.get<ZoneRecord>('select * from zone where name = ?', normalizeDomain(name) ?? '');
  return record ? toStoredZone(record) : null;
}

function toStoredZone({ name, document, version }: ZoneRecord): StoredZone {
  return { name, document: JSON.parse(document) as unknown, version };
}

export function listZones({ directory }: ReadContext, page: PageRequest = {}): Page<StoredZone> {
  const limit = pageSize(page);
  const rows = directory.all<ZoneRecord>(
    'select * from zone where name > ? order by name limit ?',
    String(decodeCursor(page)?.[0] ?? ''),
    limit + 1,
  );
  return toPage(rows, limit, toStoredZone, last => [last.name]);
}

/** Up to which change a reader was told, and when, in milliseconds. */
interface ChangeCursor {
  readonly seq: number;
  readonly at: number;
}

const cursorForm = /^z([0-9a-z]{1,11})\.([0-9a-z]{1,10})$/;

function writeCursor({ seq, at }: ChangeCursor): string {
  return `z${seq.toString(36)}.${at.toString(36)}`;
}

function readCursor(text: string | null): ChangeCursor | null {
  const [, seq, at] = cursorForm.exec(text ?? '') ?? [];
  if (seq === undefined || at === undefined) return null;
  return { seq: Number.parseInt(seq, 36), at: Number.parseInt(at, 36) };
}

export function getZoneChanges(context: ReadContext, since: string | null, limit: number): ZoneChanges {
  const { directory, now } = context;
  const cursor = readCursor(since);
  return directory.read(() => {
    const { first, last } = toldRange(directory);
    if (!cursor || cursor.at < now - toldMilliseconds || cursor.seq < first - 1 || cursor.seq > last)
      return { changes: [], next: writeCursor({ seq: last, at: now }), isWhole: false };
    const rows = directory.all<{ seq: number; domain: string; localPart: string | null }>(
      'select seq, domain, local_part localPart from zone_change where seq > ? order by seq limit ?',
      cursor.seq,
      changesWanted(limit),
    );
    const changes = rows.map(({ domain, localPart }) => ({ domain, localPart }));
    return { changes, next: writeCursor({ seq: rows.at(-1)?.seq ?? cursor.seq, at: now }), isWhole: true };
  });
}

/** Sequence numbers of the first and last change that are still there; of none, the next one's and the last one's. */
function toldRange(directory: Database): { first: number; last: number } {
  const { last } = directory.get<{ last: number }>(
    `select seq last from sqlite_sequence where name = 'zone_change'`,
  ) ?? { last: 0 };
  const oldest = directory.get<{ seq: number }>('select seq from zone_change order by seq limit 1');
  return { first: oldest?.seq ?? last + 1, last };
}

/** Published keys, of one account or all, whose address is not their account's. */
export function verifyPublished({ directory }: ReadContext, accountId?: string): StoreFault[] {
  return withoutAddress(directory, accountId).map(({ fault }) => fault);
}

/** The same with the rows' ids. */
export function withoutAddress(
  directory: Database,
  accountId?: string,
): { readonly id: number; readonly fault: StoreFault }[] {
  const account = accountId === undefined ? null : (findAccount(directory, accountId)?.number ?? 0);
  const rows = directory.all<{ id: number; key: string; kind: string; account_id: string | null }>(
    `select p.id, p.key, p.kind, a.id account_id from published_key p
       left join address d on d.key = p.key left join account a on a.number = p.account
     where d.account is not p.account and (? is null or p.account = ?) order by p.id`,
    account,
    account,
  );
  return rows.map(({ id, key, kind, account_id }) => ({
    id,
    fault: { accountId: account_id, kind: 'publishedKeyWithoutAddress', detail: `${key}: ${kind}` },
  }));
}
