import type { Keyring } from '../../delivery/crypto/keyring.ts';
import { allPages } from '../../delivery/store/all-pages.ts';
import type { Store } from '../../delivery/store/store.ts';
import type { KeyKind } from '../owner-name.ts';
import { changeDomainRecord } from './domain-records.ts';
import { type DomainRecord, withZone, type ZoneRecord } from './zone-record.ts';

export interface RewrapDeps {
  readonly store: Pick<Store, 'getZone' | 'putZone' | 'listZones'>;
  readonly keyring: Pick<Keyring, 'wrap' | 'unwrap' | 'isOutdated'>;
}

/**
 * Wraps the private keys of all zones by the newest instance key, which all servers must know by then; gives how many
 * were wrapped by an older one. Throws `internal` for a key that none of the instance keys opens, or a damaged document.
 */
export async function rewrapZoneKeys({ store, keyring }: RewrapDeps): Promise<number> {
  let rewrapped = 0;
  for await (const { name } of allPages(page => store.listZones(page))) {
    let count = 0;
    await changeDomainRecord(name, store, record => {
      const made = rewrapDomain(record, keyring);
      count = made.count;
      return made.record;
    });
    rewrapped += count;
  }
  return rewrapped;
}

function rewrapDomain(
  record: DomainRecord,
  keyring: RewrapDeps['keyring'],
): { readonly record: DomainRecord; readonly count: number } {
  let [next, count] = [record, 0];
  for (const [kind, zone] of Object.entries(record.zones) as [KeyKind, ZoneRecord][]) {
    const outdated = zone.keys.keys.filter(key => keyring.isOutdated(octetsOf(key)));
    if (outdated.length === 0) continue;
    count += outdated.length;
    const keys = zone.keys.keys.map(key =>
      outdated.includes(key) ? { ...key, privateKey: wrappedAnew(key, keyring) } : key,
    );
    next = withZone(next, kind, { ...zone, keys: { ...zone.keys, keys } });
  }
  return { record: next, count };
}

type Wrapped = { readonly privateKey: string };

function octetsOf({ privateKey }: Wrapped): Buffer {
  return Buffer.from(privateKey, 'base64');
}

function wrappedAnew(key: Wrapped, keyring: RewrapDeps['keyring']): string {
  return Buffer.from(keyring.wrap(keyring.unwrap(octetsOf(key)))).toString('base64');
}
