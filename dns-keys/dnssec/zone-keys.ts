import { unixSeconds } from '../../delivery/clock.ts';
import { isSigningAlgorithm, type SigningAlgorithm } from './algorithms.ts';

/**
 * What a key is for: `ksk` signs DNSKEY and is named by the parent's DS, `zsk` signs all other sets, `csk` does both
 * (RFC 6781 §3.1).
 */
export const keyRoles = ['ksk', 'zsk', 'csk'] as const;
export type KeyRole = (typeof keyRoles)[number];

/** One key of a zone as it is stored. All times are Unix seconds; those but `createdAt` are for people only. */
export interface KeptKey {
  /** Never used again, also not by another zone. */
  readonly id: string;
  readonly role: KeyRole;
  readonly algorithm: SigningAlgorithm;
  readonly tag: number;
  /** DNSKEY RDATA, base64. */
  readonly dnskey: string;
  /** Wrapped PKCS #8, base64. */
  readonly privateKey: string;
  readonly createdAt: number;
  /** In DNSKEY since then. */
  readonly publishedAt: number | null;
  /** Signs the zone since then; a KSK: named by every DS set of the parent since then. */
  readonly activeAt: number | null;
  /** Another took its place. */
  readonly retiredAt: number | null;
  /** Out of DNSKEY since then. */
  readonly removedAt: number | null;
}

/** What was given out from `from` until `until` (null: still). Earlier ones stay while a cache may hold them. */
export interface Served {
  readonly from: number;
  readonly until: number | null;
  /** Ids of the keys in DNSKEY. Those of role ksk and csk sign it, and CDS and CDNSKEY too. */
  readonly dnskey: readonly string[];
  /** Ids of the keys that sign all sets but DNSKEY. */
  readonly signers: readonly string[];
  readonly dnskeyTtlSeconds: number;
  /** Longest TTL of the other sets. */
  readonly zoneTtlSeconds: number;
}

/** What CDS and CDNSKEY ask the parent for. */
export interface Offer {
  readonly from: number;
  readonly until: number | null;
  /** Ids of the keys that DS shall name; none: no DS, the delete form. */
  readonly keys: readonly string[];
  /** From then on no resolver can hold a DS set that came from this offer; null while that can't be told. */
  readonly deadAt: number | null;
}

/** A DS set that was seen at the parent. */
export interface ParentSet {
  /** Ids of our keys that it names. */
  readonly keys: readonly string[];
  /** Entries that name none of our keys, as hex of DS RDATA. */
  readonly foreign: readonly string[];
  /** The longest seen. */
  readonly ttlSeconds: number;
  readonly firstSeenAt: number;
  /** The first look that did not find it any more; null while it is there. */
  readonly goneAt: number | null;
}

/** All that is known about the keys of one zone: a JSON document, replaced whole. */
export interface ZoneKeys {
  readonly version: 1;
  /** Presentation form. */
  readonly apex: string;
  /** Oldest first. */
  readonly keys: readonly KeptKey[];
  /** Functions for which somebody asked for a new key. */
  readonly requested: readonly ('ksk' | 'zsk')[];
  /** The last one is what is served now. */
  readonly served: readonly Served[];
  /** The last one is what is asked now. */
  readonly offers: readonly Offer[];
  readonly parent: readonly ParentSet[];
  /** The clock at the last look; null before the first. */
  readonly lastAt: number | null;
}

/** The document of a zone that has no keys yet. */
export function newZoneKeys(apex: string): ZoneKeys {
  return { version: 1, apex, keys: [], requested: [], served: [], offers: [], parent: [], lastAt: null };
}

/** Asks for a new key for each of these functions: a forced roll. Taken up by the next `advance`. */
export function requestRoll(keys: ZoneKeys, functions: readonly ('ksk' | 'zsk')[]): ZoneKeys {
  return { ...keys, requested: [...new Set([...keys.requested, ...functions])] };
}

/** A key that was made because `advance` wanted it. `tag` must differ from those of the others. */
export type MadeKey = Pick<KeptKey, 'id' | 'role' | 'algorithm' | 'tag' | 'dnskey' | 'privateKey'>;

/** The document with a new key in it. Throws when its id or tag is there already. */
export function addKey(keys: ZoneKeys, made: MadeKey, now: Date): ZoneKeys {
  if (keys.keys.some(({ id, tag }) => id === made.id || tag === made.tag))
    throw new RangeError('a key with this id or tag is there already');
  const times = { publishedAt: null, activeAt: null, retiredAt: null, removedAt: null };
  const key: KeptKey = { ...made, createdAt: unixSeconds(now), ...times };
  const answered = made.role === 'csk' ? ['ksk', 'zsk'] : [made.role];
  const requested = keys.requested.filter(one => !answered.includes(one));
  return { ...keys, keys: [...keys.keys, key], requested };
}

export function signsKeys({ role }: KeptKey): boolean {
  return role !== 'zsk';
}

export function signsZone({ role }: KeptKey): boolean {
  return role !== 'ksk';
}

/** Keys by what they do now. */
export interface ServedKeys {
  /** In DNSKEY. */
  readonly published: readonly KeptKey[];
  /** Sign DNSKEY. These and `zoneSigners` sign CDS and CDNSKEY (RFC 7344 §4.1: a key that DS names must). */
  readonly keySigners: readonly KeptKey[];
  /** Sign all sets but DNSKEY. */
  readonly zoneSigners: readonly KeptKey[];
  /** For CDS and CDNSKEY: keys that the parent shall name, `delete` for no DS, null for neither record. */
  readonly offered: readonly KeptKey[] | 'delete' | null;
  /** TTL of DNSKEY; zero before the first key. */
  readonly dnskeyTtlSeconds: number;
  /** No other set may have a longer TTL: keys leave when that has passed. */
  readonly zoneTtlSeconds: number;
}

/** What each key does as the document stands: all that a signer needs. */
export function servedKeys(keys: ZoneKeys): ServedKeys {
  const served = keys.served.at(-1);
  const offer = keys.offers.at(-1);
  const published = keysOf(keys, served?.dnskey ?? []);
  return {
    published,
    keySigners: published.filter(signsKeys),
    zoneSigners: keysOf(keys, served?.signers ?? []),
    offered: offer === undefined ? null : offer.keys.length === 0 ? 'delete' : keysOf(keys, offer.keys),
    dnskeyTtlSeconds: served?.dnskeyTtlSeconds ?? 0,
    zoneTtlSeconds: served?.zoneTtlSeconds ?? 0,
  };
}

function keysOf({ keys }: ZoneKeys, ids: readonly string[]): KeptKey[] {
  return keys.filter(({ id }) => ids.includes(id));
}

/** Where a key is in its life (RFC 7583 §3.1). */
export const keyStates = ['made', 'published', 'active', 'retired', 'removed'] as const;
export type KeyState = (typeof keyStates)[number];

export function keyState({ publishedAt, activeAt, retiredAt, removedAt }: KeptKey): KeyState {
  if (removedAt !== null) return 'removed';
  if (retiredAt !== null) return 'retired';
  if (activeAt !== null) return 'active';
  return publishedAt === null ? 'made' : 'published';
}

/** The document that a store gave. Throws `TypeError` when it is none of version 1. */
export function readZoneKeys(document: unknown): ZoneKeys {
  if (!isRecord(document) || document.version !== 1 || typeof document.apex !== 'string')
    throw new TypeError('no keys of a zone, or of a later version');
  const lists = [document.keys, document.requested, document.served, document.offers, document.parent];
  if (!lists.every(list => Array.isArray(list))) throw new TypeError('keys of a zone without their lists');
  if (!(document.keys as unknown[]).every(isKeptKey)) throw new TypeError('a damaged key of a zone');
  // The rest was written by `advance` alone, together with what was checked.
  return document as unknown as ZoneKeys;
}

function isKeptKey(value: unknown): value is KeptKey {
  if (!isRecord(value)) return false;
  const texts = [value.id, value.dnskey, value.privateKey];
  return (
    texts.every(text => typeof text === 'string') &&
    keyRoles.some(role => role === value.role) &&
    isSigningAlgorithm(value.algorithm) &&
    [value.tag, value.createdAt].every(Number.isInteger)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
