import { base32hexOctets } from '../base32hex.ts';
import { nsec3Owner } from '../dnssec/nsec3.ts';
import { chainTypes, hashText, type Nsec3Link, type Nsec3Zone, nsec3Set } from '../dnssec/nsec3-chain.ts';
import { equalNames, labelsOf, type Name, parentName } from '../name.ts';
import { decodeData, rrTypes } from '../rr/table.ts';
import { setKey } from '../transfer/zone-change.ts';
import type { Zone } from '../zone/zone.ts';
import type { OwnerChange } from './kept-zone.ts';

/** Types that the apex of a presigned zone, and any other owner, may have; NSEC3 apart. */
const apexTypes = [rrTypes.SOA, rrTypes.NS, rrTypes.DNSKEY, rrTypes.CDS, rrTypes.CDNSKEY, rrTypes.NSEC3PARAM];
const ownerTypes = [rrTypes.OPENPGPKEY, rrTypes.SMIMEA];

/**
 * What changes of owners do to the NSEC3 records of their zone (RFC 5155 §7.1). The zone has a whole chain; owners are the
 * apex and names right below it, so that there are no empty names between. Throws `RangeError` for others.
 */
export function chainChanges(changes: readonly OwnerChange[], zone: Zone, ttlSeconds: number): OwnerChange[] {
  const chain = new ChangedChain(zone, ttlSeconds);
  const byOwner = Map.groupBy(changes, change => setKey({ owner: change.owner, type: 0 }));
  for (const group of byOwner.values()) {
    const owner = group[0]?.owner ?? zone.apex;
    const types = new Set(typesAt(owner, zone));
    for (const { type, set } of group) {
      if (set) types.add(type);
      else types.delete(type);
    }
    chain.set(owner, chainTypes([...types]));
  }
  return chain.changes();
}

function typesAt(owner: Name, zone: Zone): number[] {
  const isApex = equalNames(owner, zone.apex);
  if (!isApex && !equalNames(parentName(owner), zone.apex))
    throw new RangeError('an owner not right below the apex');
  return (isApex ? apexTypes : ownerTypes).filter(type => zone.get(owner, type) !== null);
}

/** A record that is gone: which one was before it in the chain. */
interface Gone {
  readonly before: string;
}

/** The chain of a zone with what is to change in it; the zone itself stays as it is. */
class ChangedChain {
  readonly #zone: Zone;
  readonly #records: Nsec3Zone;
  /** By hash. */
  readonly #changed = new Map<string, Nsec3Link | Gone>();

  constructor(zone: Zone, ttlSeconds: number) {
    this.#zone = zone;
    this.#records = { apex: zone.apex, ttlSeconds };
  }

  /** Types that an owner has from now on; none when its last record is gone. */
  set(owner: Name, types: readonly number[]): void {
    const hash = hashText(owner);
    const known = this.#link(hash);
    if (known !== null && types.length > 0) this.#changed.set(hash, { next: known.next, types });
    else if (known !== null) this.#take(hash, known);
    else if (types.length > 0) this.#insert(hash, types);
  }

  /** The sets that are new, differ or are gone. */
  changes(): OwnerChange[] {
    const type = rrTypes.NSEC3;
    const changes: OwnerChange[] = [];
    for (const [hash, link] of this.#changed) {
      const owner = nsec3Owner(Buffer.from(hash, 'latin1'), this.#zone.apex);
      const set = 'before' in link ? null : nsec3Set(hash, link, this.#records);
      const isSo = set === null ? this.#zone.get(owner, type) === null : this.#zone.has(set);
      if (!isSo) changes.push({ owner, type, set });
    }
    return changes;
  }

  #insert(hash: string, types: readonly number[]): void {
    const before = this.#before(hash);
    const link = this.#link(before);
    this.#changed.set(hash, { next: link?.next ?? before, types });
    this.#changed.set(before, { next: hash, types: link?.types ?? [] });
  }

  #take(hash: string, { next }: Nsec3Link): void {
    const before = this.#before(hash);
    this.#changed.set(before, { next, types: this.#link(before)?.types ?? [] });
    this.#changed.set(hash, { before });
  }

  /** The record of a hash as it will be; null where there is none. */
  #link(hash: string): Nsec3Link | null {
    const changed = this.#changed.get(hash);
    if (changed) return 'before' in changed ? null : changed;
    const ref = this.#zone.nsec3Matching(Buffer.from(hash, 'latin1'));
    return ref === 0 ? null : this.#linkOf(ref);
  }

  #linkOf(ref: number): Nsec3Link {
    const { nextHash, types } = decodeData(rrTypes.NSEC3, this.#zone.read(ref).rdatas[0] ?? new Uint8Array());
    return { next: Buffer.from(nextHash).toString('latin1'), types: chainTypes(types) };
  }

  /** The hash before this one, round the chain. What the zone has there may be gone, or have got others behind it. */
  #before(hash: string): string {
    let at = this.#beforeInZone(hash);
    for (let link = this.#changed.get(at); link && 'before' in link; link = this.#changed.get(at))
      at = link.before;
    for (
      let next = this.#link(at)?.next;
      next !== undefined && isWithin(next, at, hash);
      next = this.#link(at)?.next
    )
      at = next;
    return at;
  }

  #beforeInZone(hash: string): string {
    const ref = this.#zone.nsec3Covering(oneLess(Buffer.from(hash, 'latin1')));
    const [label = new Uint8Array()] = labelsOf(this.#zone.read(ref).owner);
    return Buffer.from(base32hexOctets(Buffer.from(label).toString('latin1'))).toString('latin1');
  }
}

/** The number that octets write, less one: the record of a hash itself is not before it. */
function oneLess(octets: Buffer): Buffer {
  let borrow = 1;
  for (let at = octets.length - 1; at >= 0; at -= 1) {
    const octet = octets[at] ?? 0;
    octets[at] = octet - borrow;
    if (octet > 0) borrow = 0;
  }
  return octets;
}

/** Whether a hash lies behind `start` and before `end`, round the chain. */
function isWithin(hash: string, start: string, end: string): boolean {
  return start < end ? start < hash && hash < end : hash > start || hash < end;
}
