import { type Name, nameKey } from '../name.ts';
import { HashedName } from './hashed-name.ts';
import type { Zone } from './zone.ts';

/** All zones of a process. Finding the zone of a name costs one look per label, however many zones there are. */
export class ZoneTable {
  readonly #byHash = new Map<number, Zone[]>();
  readonly #byName = new Map<string, Zone>();

  get size(): number {
    return this.#byName.size;
  }

  get(apex: Name): Zone | null {
    return this.#byName.get(nameKey(apex)) ?? null;
  }

  /** Adds the zone, in place of one of the same apex; gives that one, for its owner to release. */
  set(zone: Zone): Zone | null {
    const before = this.remove(zone.apex);
    const hash = hashOf(zone.apex);
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), zone]);
    this.#byName.set(nameKey(zone.apex), zone);
    return before;
  }

  /** Takes the zone out and gives it, for its owner to release; null when there is none. */
  remove(apex: Name): Zone | null {
    const zone = this.get(apex);
    if (zone === null) return null;
    const hash = hashOf(zone.apex);
    const others = (this.#byHash.get(hash) ?? []).filter(one => one !== zone);
    if (others.length > 0) this.#byHash.set(hash, others);
    else this.#byHash.delete(hash);
    this.#byName.delete(nameKey(apex));
    return zone;
  }

  zones(): Iterable<Zone> {
    return this.#byName.values();
  }

  /** The zone whose apex is the name from a label on. */
  withApex(name: HashedName, label: number): Zone | null {
    const zones = this.#byHash.get(name.hashAt[label] ?? 0);
    if (zones === undefined) return null;
    for (const zone of zones) if (isApex(zone.apex, name, label)) return zone;
    return null;
  }
}

function hashOf(apex: Name): number {
  const name = new HashedName();
  name.read(apex, 0);
  return name.hashAt[0] ?? 0;
}

function isApex(apex: Name, name: HashedName, label: number): boolean {
  const start = name.labelAt[label] ?? 0;
  if (apex.length !== name.length - start) return false;
  for (let at = 0; at < apex.length; at += 1) if (apex[at] !== name.octets[start + at]) return false;
  return true;
}
