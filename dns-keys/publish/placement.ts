import type { DnsClient } from '../ask/dns-client.ts';
import { equalNames, isAtOrBelow, type Name, parseName } from '../name.ts';
import { dataText, decodeData, encodeData, rrTypes } from '../rr/table.ts';

/** Records that must stand in a zone of somebody else's, so that the world finds ours. */
export interface PlacedSet {
  readonly owner: Name;
  readonly type: number;
  readonly ttlSeconds: number;
  /** In any order; all of them must be there. None: nothing may be there. */
  readonly rdatas: readonly Uint8Array[];
  /** What it is for. */
  readonly purpose: 'delegation' | 'trust' | 'wkd';
}

export type PlacementStatus =
  /** What is there is what should be. */
  | 'there'
  | 'missing'
  /** Other records stand there. */
  | 'different'
  /** Nobody could be asked. */
  | 'unknown';

export interface Placement {
  readonly set: PlacedSet;
  readonly status: PlacementStatus;
  /** RDATA that stand there now, in presentation form. */
  readonly found: readonly string[];
  /** Why it is unknown. */
  readonly fault: string | null;
}

export interface DelegatedZone {
  readonly apex: Name;
  /** RDATA of the DS records. */
  readonly ds: readonly Uint8Array[];
}

export interface PlacementOptions {
  /** Zones of ours below the domain. */
  readonly zones: readonly DelegatedZone[];
  /** Name servers that hold them. */
  readonly nameservers: readonly Name[];
  /** Name of the host that serves WKD over HTTPS; null where this instance does not. */
  readonly wkdHost: Name | null;
  readonly ttlSeconds: number;
}

/**
 * What must stand in the zone of a domain: a delegation and DS for each zone of ours (RFC 1034 §4.2.1, RFC 4035 §2.4)
 * and the name of the Web Key Directory (draft-koch-openpgp-webkey-service, advanced method).
 */
export function wantedPlacement(domain: Name, options: PlacementOptions): PlacedSet[] {
  const { zones, nameservers, wkdHost, ttlSeconds } = options;
  const sets: PlacedSet[] = zones.flatMap(({ apex, ds }) => [
    {
      owner: apex,
      type: rrTypes.NS,
      ttlSeconds,
      rdatas: nameservers.map(target => encodeData(rrTypes.NS, { target })),
      purpose: 'delegation',
    },
    { owner: apex, type: rrTypes.DS, ttlSeconds, rdatas: ds, purpose: 'trust' },
  ]);
  if (wkdHost === null) return sets;
  const owner = wkdName(domain);
  if (equalNames(owner, wkdHost)) return sets;
  const rdatas = [encodeData(rrTypes.CNAME, { target: wkdHost })];
  return [...sets, { owner, type: rrTypes.CNAME, ttlSeconds, rdatas, purpose: 'wkd' }];
}

/** `openpgpkey.DOMAIN`. */
export function wkdName(domain: Name): Name {
  return parseNameBelow('openpgpkey', domain);
}

function parseNameBelow(label: string, domain: Name): Name {
  return new Uint8Array([...parseName(label).subarray(0, -1), ...domain]);
}

/** Name servers that can't serve a zone without address records in it, which our zones do not hold. */
export function unusableNameservers(nameservers: readonly Name[], apex: Name): Name[] {
  return nameservers.filter(name => isAtOrBelow(name, apex));
}

/** What stands there now, asked through a resolver. */
export function lookAtPlacement(sets: readonly PlacedSet[], client: DnsClient): Promise<Placement[]> {
  return Promise.all(sets.map(set => lookAt(set, client)));
}

async function lookAt(set: PlacedSet, client: DnsClient): Promise<Placement> {
  try {
    const found = await askFor(set, client);
    const texts = found.map(({ type, rdata }) => dataText(type, rdata)).sort();
    return { set, status: await statusOf(set, found, client), found: texts, fault: null };
  } catch (error) {
    return { set, status: 'unknown', found: [], fault: (error as Error).message };
  }
}

/** RDATA of a type. */
interface Found {
  readonly type: number;
  readonly rdata: Uint8Array;
}

async function askFor(set: PlacedSet, client: DnsClient): Promise<Found[]> {
  const { message, records } = await client.ask(set.owner, set.type);
  // A server of the parent answers about a delegation by a referral (RFC 1034 §4.3.2).
  const isReferral = set.purpose === 'delegation' && records.length === 0 && message.rcode === 0;
  const own = (isReferral ? message.authorities : records).filter(
    ({ name, type }) => type === set.type && equalNames(name, set.owner),
  );
  if (own.length > 0 || set.purpose !== 'wkd') return own;
  // The name may have addresses of its own in place of the alias.
  return addressesOf(set.owner, client);
}

async function addressesOf(name: Name, client: DnsClient): Promise<Found[]> {
  const [four, six] = await Promise.all([
    client.ask(name, rrTypes.A),
    client.ask(name, rrTypes.AAAA).catch(() => ({ records: [] })),
  ]);
  return [...four.records, ...six.records];
}

async function statusOf(
  set: PlacedSet,
  found: readonly Found[],
  client: DnsClient,
): Promise<PlacementStatus> {
  if (set.rdatas.length === 0) return found.length === 0 ? 'there' : 'different';
  if (found.length === 0) return 'missing';
  if (found.some(({ type }) => type !== set.type)) return addressStatus(set, found, client);
  const have = new Set(found.map(({ rdata }) => comparable(set.type, rdata)));
  const isAll = set.rdatas.every(rdata => have.has(comparable(set.type, rdata)));
  // DS of a key that is on its way out may stay; a server that does not hold the zone may not.
  const isOnly = set.type === rrTypes.DS || have.size === set.rdatas.length;
  return isAll && isOnly ? 'there' : 'different';
}

/** Whether addresses that stand in place of an alias are those that it would lead to, or some of them. */
async function addressStatus(
  { rdatas: [alias] }: PlacedSet,
  found: readonly Found[],
  client: DnsClient,
): Promise<PlacementStatus> {
  if (alias === undefined) return 'different';
  const wanted = await addressesOf(decodeData(rrTypes.CNAME, alias).target, client);
  const texts = wanted.map(({ type, rdata }) => dataText(type, rdata));
  return found.every(({ type, rdata }) => texts.includes(dataText(type, rdata))) ? 'there' : 'different';
}

/** RDATA in canonical form, so that names compare without regard to case. */
function comparable(type: number, rdata: Uint8Array): string {
  const isName = type === rrTypes.NS || type === rrTypes.CNAME;
  if (!isName) return Buffer.from(rdata).toString('hex');
  return encodeData(type, decodeData(type, rdata)).toString('hex');
}
