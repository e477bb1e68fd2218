import { DeliveryError } from '../../delivery/errors.ts';
import type { Store, StoredZone } from '../../delivery/store/store.ts';
import { isVersionMismatch } from '../../delivery/store/version-mismatch.ts';
import { type DomainRecord, noZones, readDomainRecord } from './zone-record.ts';

export type DomainRecordStore = Pick<Store, 'getZone' | 'putZone'>;

export interface KeptDomainRecord {
  readonly record: DomainRecord;
  /** Null while it is nowhere kept. */
  readonly version: number | null;
}

/** The document of a domain, an empty one where there is none. Throws `internal` when it is damaged. */
export function readStored(domain: string, stored: StoredZone | null): KeptDomainRecord {
  if (stored === null) return { record: noZones, version: null };
  try {
    return { record: readDomainRecord(stored.document), version: stored.version };
  } catch (cause) {
    throw new DeliveryError('internal', `the zones of ${domain} can't be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** How often another process may be first before this one gives up. */
const mostTries = 10;

/**
 * Changes the document of a domain: `change` gives the new record, or the very same for no change; it may be called
 * again with what another process has put meanwhile. Gives what is kept then.
 */
export async function changeDomainRecord(
  domain: string,
  store: DomainRecordStore,
  change: (record: DomainRecord) => DomainRecord,
): Promise<KeptDomainRecord> {
  for (let tries = 1; ; tries += 1) {
    const kept = readStored(domain, await store.getZone(domain));
    const record = change(kept.record);
    if (record === kept.record) return kept;
    try {
      const { version } = await store.putZone(domain, record, kept.version);
      return { record, version };
    } catch (error) {
      if (tries >= mostTries || !isVersionMismatch(error)) throw error;
    }
  }
}
