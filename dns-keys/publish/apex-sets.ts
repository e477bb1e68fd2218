import { canonicalRecordSet, type Unsigned } from '../dnssec/canonical.ts';
import { parentRequests } from '../dnssec/delegation.ts';
import { longestExpireSeconds } from '../dnssec/signature-policy.ts';
import { type KeptKey, servedKeys } from '../dnssec/zone-keys.ts';
import { childName, type Name, parentName } from '../name.ts';
import { encodeData, rrTypes } from '../rr/table.ts';
import type { DnsSettings } from '../settings.ts';
import type { RecordSet } from '../zone/record-set.ts';
import type { OwnerChange } from './kept-zone.ts';
import type { ZoneRecord } from './zone-record.ts';

const refreshSeconds = 3600;
const retrySeconds = 600;

export type ApexSettings = Pick<
  DnsSettings,
  'nameservers' | 'hostmaster' | 'ttlSeconds' | 'negativeTtlSeconds'
>;

/** SOA of a key zone, unsigned. A secondary serves it without us for `longestExpireSeconds`. */
export function soaSet(apex: Name, serial: number, settings: ApexSettings): RecordSet {
  const { nameservers, ttlSeconds, negativeTtlSeconds } = settings;
  const rdata = encodeData(rrTypes.SOA, {
    primary: nameservers[0] ?? apex,
    mailbox: settings.hostmaster ?? childName('hostmaster', parentName(apex)),
    serial,
    refreshSeconds,
    retrySeconds,
    expireSeconds: longestExpireSeconds,
    minimumSeconds: negativeTtlSeconds,
  });
  return canonicalRecordSet({ owner: apex, type: rrTypes.SOA, ttlSeconds, rdatas: [rdata] });
}

/**
 * The other sets of the apex, unsigned: NS, DNSKEY, and what the parent is asked for (CDS, CDNSKEY). DNSKEY has the TTL
 * that its record counts with when keys are rolled.
 */
export function apexSets(apex: Name, { keys }: ZoneRecord, settings: ApexSettings): RecordSet[] {
  const { published, offered, dnskeyTtlSeconds } = servedKeys(keys);
  const { nameservers, ttlSeconds } = settings;
  const targets = nameservers.map(target => encodeData(rrTypes.NS, { target }));
  const sets: Unsigned[] = [
    { owner: apex, type: rrTypes.NS, ttlSeconds, rdatas: targets },
    { owner: apex, type: rrTypes.DNSKEY, ttlSeconds: dnskeyTtlSeconds, rdatas: published.map(dnskeyOf) },
  ];
  const asked = offered === null ? [] : offered === 'delete' ? 'delete' : offered.map(dnskeyOf);
  return [
    ...sets.filter(({ rdatas }) => rdatas.length > 0).map(canonicalRecordSet),
    ...parentRequests(apex, asked, ttlSeconds),
  ];
}

const apexTypes = [rrTypes.NS, rrTypes.DNSKEY, rrTypes.CDS, rrTypes.CDNSKEY];

/** What a record makes of the apex: each set of `apexSets`, and nothing where there is none. */
export function apexChanges(apex: Name, record: ZoneRecord, settings: ApexSettings): OwnerChange[] {
  const wanted = apexSets(apex, record, settings);
  return apexTypes.map(type => ({
    owner: apex,
    type,
    set: wanted.find(one => one.type === type) ?? null,
  }));
}

export function dnskeyOf({ dnskey }: KeptKey): Buffer {
  return Buffer.from(dnskey, 'base64');
}
