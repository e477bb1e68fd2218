import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { ObservedDs } from '../dnssec/key-parent.ts';
import type { KeyEvidence } from '../dnssec/rollover.ts';
import type { KeyKind } from '../owner-name.ts';
import type { DnsSettings } from '../settings.ts';
import { type CaredZone, careForKeys } from './key-care.ts';
import { type DomainRecord, newZoneRecord, withZone, type ZoneRecord } from './zone-record.ts';

export interface CareDeps {
  readonly settings: Pick<DnsSettings, 'mode' | 'algorithm' | 'ttlSeconds' | 'negativeTtlSeconds'>;
  readonly keyring: Pick<Keyring, 'wrap'>;
  readonly now: Date;
}

/** What is to be cared for: zones of these kinds are made where there are none. */
export interface CareTask {
  readonly domain: string;
  readonly kinds: readonly KeyKind[];
  /** What the parent gives for each zone; a zone left out was not looked for. */
  readonly parent: Partial<Record<KeyKind, readonly ObservedDs[] | null>>;
}

export interface CaredDomain {
  /** The very same when nothing is to be stored. */
  readonly record: DomainRecord;
  readonly zones: Partial<Record<KeyKind, CaredZone>>;
  /** When to look again at the latest. */
  readonly due: Date;
}

/** Takes the keys of all zones of a domain as far as they go; makes the zones that are not there. Pure but for new keys. */
export function careForDomain(record: DomainRecord, task: CareTask, deps: CareDeps): CaredDomain {
  const { keyring, now, settings } = deps;
  const zones: Partial<Record<KeyKind, CaredZone>> = {};
  let next = record;
  for (const kind of kindsOf(record, task.kinds)) {
    const known = record.zones[kind] ?? newZoneRecord(task.domain, kind, settings);
    const cared = careForKeys(known, { now, keyring, evidence: evidenceOf(task.parent[kind], settings) });
    zones[kind] = cared;
    if (cared.record !== record.zones[kind]) next = withZone(next, kind, cared.record);
  }
  const dues = Object.values(zones).map(({ due }) => due.getTime());
  return { record: next, zones, due: new Date(Math.min(...dues)) };
}

function kindsOf(record: DomainRecord, asked: readonly KeyKind[]): KeyKind[] {
  return [...new Set([...(Object.keys(record.zones) as KeyKind[]), ...asked])];
}

function evidenceOf(
  parent: readonly ObservedDs[] | null | undefined,
  { ttlSeconds, negativeTtlSeconds }: CareDeps['settings'],
): KeyEvidence {
  return {
    parent: parent ?? null,
    dnskeyTtlSeconds: ttlSeconds,
    zoneTtlSeconds: Math.max(ttlSeconds, negativeTtlSeconds),
  };
}

/** Whether a look at the parent could tell anything: it is asked for a DS, or has one. */
export function needsParent({ keys }: ZoneRecord): boolean {
  return keys.offers.length > 0 || keys.parent.length > 0;
}
