import type { PublishedKey, PublishedKind } from '../../store.ts';
import { domainOf } from '../directory/address-row.ts';
import type { Session, Statement } from '../session.ts';
import { keySlot } from './slot-pages.ts';
import type { ToldWrite } from './zone-log.ts';

/** A row of `published_key`. */
export interface PublishedRow {
  readonly key: string;
  readonly kind: PublishedKind;
  readonly account: string;
  readonly local_part: string;
  readonly fingerprint: string;
  readonly octets: Uint8Array;
  readonly state: PublishedKey['state'];
  readonly published: Date;
}

export const publishedColumns =
  'key, kind, account, local_part, fingerprint, octets, state, published' as const;

/** What names a row. */
export type PublishedName = Pick<PublishedRow, 'key' | 'kind' | 'account'>;

/** A row as whoever takes it away needs it. */
export interface TimedKey extends PublishedName {
  readonly local_part: string;
  readonly written: bigint;
}

const timedColumns = 'key, kind, account, local_part, writetime(octets) as written' as const;

/** Where in the table a row is. */
export const whereRow = 'where slot = ? and key = ? and kind = ? and account = ?' as const;

/** The values of `whereRow`. */
export function rowValues({ key, kind, account }: PublishedName): (string | number)[] {
  return [keySlot(key), key, kind, account];
}

/** The row of this name. */
export async function findTimed(session: Session, name: PublishedName): Promise<TimedKey | undefined> {
  return await session.row<TimedKey>(
    `select ${timedColumns} from published_key ${whereRow}`,
    rowValues(name),
  );
}

/** All rows of an address: those of other accounts than the one that has it are left of earlier ones. */
export async function timedOfAddress(session: Session, key: string): Promise<TimedKey[]> {
  const cql = `select ${timedColumns} from published_key where slot = ? and key = ?`;
  return await session.rows<TimedKey>(cql, [keySlot(key), key]);
}

/** The row, and the line by which the removal of its account finds it. */
export function insertRow(row: PublishedRow): Statement[] {
  const { key, kind, account, local_part, fingerprint, octets, state, published } = row;
  return [
    insertListed(row),
    {
      cql: `insert into published_key (slot, key, kind, account, local_part, fingerprint, octets, state, published)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      values: [
        ...[keySlot(key), key, kind, account, local_part, fingerprint],
        ...[Buffer.from(octets), state, published],
      ],
    },
  ];
}

/** The line of the account's list alone. */
export function insertListed(row: PublishedName & { readonly local_part: string }): Statement {
  return {
    cql: 'insert into published_key_of_account (account, key, kind, local_part) values (?, ?, ?, ?)',
    values: [row.account, row.key, row.kind, row.local_part],
  };
}

/** Takes the line out of the account's list. */
export function deleteListed({ account, key, kind }: PublishedName): Statement {
  return {
    cql: 'delete from published_key_of_account where account = ? and key = ? and kind = ?',
    values: [account, key, kind],
  };
}

/** Takes the row away, then its line; and tells it. */
export function removal(
  row: PublishedName & { readonly local_part: string | null },
  timestamp: bigint,
): ToldWrite {
  const domain = domainOf(row.key);
  return {
    statements: [{ cql: `delete from published_key ${whereRow}`, values: rowValues(row) }, deleteListed(row)],
    changes: [{ domain, localPart: row.local_part ?? localPartOf(row.key) }],
    timestamp,
  };
}

function localPartOf(key: string): string {
  return key.slice(0, key.lastIndexOf('@'));
}

/** The key in the words of the contract. */
export function toPublishedKey(row: PublishedRow): PublishedKey {
  return {
    domain: domainOf(row.key),
    localPart: row.local_part,
    kind: row.kind,
    accountId: row.account,
    fingerprint: row.fingerprint,
    octets: new Uint8Array(row.octets),
    state: row.state,
    publishedAt: row.published,
  };
}
