import type { PublishedKey } from '../../store.ts';

/** A row of `published_key` together with the id of its account. */
export interface PublishedRecord {
  readonly id: number;
  readonly kind: PublishedKey['kind'];
  readonly account_id: string;
  readonly domain: string;
  readonly local_part: string;
  readonly fingerprint: string;
  readonly octets: Uint8Array;
  readonly state: PublishedKey['state'];
  readonly published: number;
}

/** Selects published keys of accounts that are there; a condition follows. */
export const selectPublished =
  `select p.id, p.kind, a.id account_id, p.domain, p.local_part, p.fingerprint, p.octets,
  p.state, p.published from published_key p join account a on a.number = p.account` as const;

/** The key in the words of the contract. */
export function toPublishedKey(record: PublishedRecord): PublishedKey {
  return {
    domain: record.domain,
    localPart: record.local_part,
    kind: record.kind,
    accountId: record.account_id,
    fingerprint: record.fingerprint,
    octets: record.octets,
    state: record.state,
    publishedAt: new Date(record.published),
  };
}
