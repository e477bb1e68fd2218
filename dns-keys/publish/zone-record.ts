import { randomBytes } from 'node:crypto';
import { isSigningAlgorithm, type SigningAlgorithm } from '../dnssec/algorithms.ts';
import { type KeyPolicy, onlineKeys, presignedKeys } from '../dnssec/key-policy.ts';
import { newZoneKeys, readZoneKeys, type ZoneKeys } from '../dnssec/zone-keys.ts';
import { nameText } from '../name.ts';
import { type KeyKind, keyLabels, keyZone } from '../owner-name.ts';
import type { DnsSettings } from '../settings.ts';
import type { ZoneMode } from '../zone/zone.ts';

/** What is kept of one key zone. */
export interface ZoneRecord {
  /** Made with the zone: one that comes again after it went has another (RFC 9432 §5.4). */
  readonly incarnation: string;
  readonly mode: ZoneMode;
  readonly algorithm: SigningAlgorithm;
  /** On its way out of DNSSEC: the parent is asked to take its DS away. */
  readonly isWithdrawn: boolean;
  readonly keys: ZoneKeys;
}

/** The document that the store keeps of a domain's zones: JSON. */
export interface DomainRecord {
  readonly version: 1;
  readonly zones: Readonly<Partial<Record<KeyKind, ZoneRecord>>>;
}

export const noZones: DomainRecord = { version: 1, zones: {} };

/** A zone that is new: its keys are to be made. */
export function newZoneRecord(
  domain: string,
  kind: KeyKind,
  { mode, algorithm }: Pick<DnsSettings, 'mode' | 'algorithm'>,
): ZoneRecord {
  const incarnation = randomBytes(9).toString('base64url');
  const keys = newZoneKeys(nameText(keyZone(domain, kind)));
  return { incarnation, mode, algorithm, isWithdrawn: false, keys };
}

export function withZone(record: DomainRecord, kind: KeyKind, zone: ZoneRecord): DomainRecord {
  return { ...record, zones: { ...record.zones, [kind]: zone } };
}

/** How the keys of a zone are made and rolled. */
export function policyOf({ mode, algorithm, isWithdrawn }: ZoneRecord): KeyPolicy {
  const policy = mode === 'online' ? onlineKeys : presignedKeys;
  return { ...policy, algorithm, isWithdrawn };
}

/** The document that a store gave; throws `TypeError` when it is damaged, or a later version's. */
export function readDomainRecord(document: unknown): DomainRecord {
  if (!isRecord(document) || document.version !== 1 || !isRecord(document.zones))
    throw new TypeError('no document of key zones, or of a later version');
  const zones: Partial<Record<KeyKind, ZoneRecord>> = {};
  for (const kind of Object.keys(keyLabels) as KeyKind[]) {
    const zone = document.zones[kind];
    if (zone !== undefined) zones[kind] = readZone(zone);
  }
  return { version: 1, zones };
}

function readZone(zone: unknown): ZoneRecord {
  if (!isRecord(zone)) throw new TypeError('a damaged key zone');
  const { incarnation, mode, algorithm, isWithdrawn } = zone;
  const isFit = (mode === 'online' || mode === 'presigned') && isSigningAlgorithm(algorithm);
  if (!isFit || typeof isWithdrawn !== 'boolean' || typeof incarnation !== 'string')
    throw new TypeError('a damaged key zone');
  return { incarnation, mode, algorithm, isWithdrawn, keys: readZoneKeys(zone.keys) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
