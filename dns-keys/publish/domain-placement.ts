import { dsData } from '../dnssec/delegation.ts';
import { signalRecords } from '../dnssec/signal.ts';
import { servedKeys } from '../dnssec/zone-keys.ts';
import { type Name, parseName } from '../name.ts';
import { type KeyKind, keyLabels, keyZone } from '../owner-name.ts';
import type { DnsSettings } from '../settings.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { dnskeyOf } from './apex-sets.ts';
import { type PlacedSet, wantedPlacement } from './placement.ts';
import type { DomainRecord, ZoneRecord } from './zone-record.ts';

type PlacementSettings = Pick<DnsSettings, 'nameservers' | 'host' | 'ttlSeconds'>;

/** DS RDATA that the parent shall have for a zone; none while it is not asked for any, or for none. */
export function wantedDs({ keys }: ZoneRecord, apex: Name): Uint8Array[] {
  const { offered } = servedKeys(keys);
  return offered === null || offered === 'delete' ? [] : offered.map(key => dsData(apex, dnskeyOf(key)));
}

/** What must stand in a domain's own zone, so that its keys are found (see `wantedPlacement`). */
export function domainPlacement(
  domain: string,
  record: DomainRecord,
  { nameservers, host, ttlSeconds }: PlacementSettings,
): PlacedSet[] {
  const zones = zonesOf(domain, record).map(({ apex, zone }) => ({ apex, ds: wantedDs(zone, apex) }));
  return wantedPlacement(parseName(domain), { zones, nameservers, wkdHost: host, ttlSeconds });
}

/** CDS and CDNSKEY at the signalling names of the name servers, for the zones those are in (RFC 9615 §2). */
export function domainSignals(
  domain: string,
  record: DomainRecord,
  { nameservers, ttlSeconds }: PlacementSettings,
): RecordSet[] {
  return zonesOf(domain, record).flatMap(({ apex, zone }) => {
    const { offered } = servedKeys(zone.keys);
    if (offered === null || offered === 'delete') return [];
    const dnskeys = offered.map(dnskeyOf);
    return nameservers.flatMap(server => signalRecords(apex, server, { dnskeys, ttlSeconds }) ?? []);
  });
}

export function zonesOf(
  domain: string,
  record: DomainRecord,
): { kind: KeyKind; apex: Name; zone: ZoneRecord }[] {
  return (Object.keys(keyLabels) as KeyKind[]).flatMap(kind => {
    const zone = record.zones[kind];
    return zone ? [{ kind, apex: keyZone(domain, kind), zone }] : [];
  });
}
