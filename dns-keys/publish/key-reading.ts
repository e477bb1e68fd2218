import type { PublishedKey } from '../../delivery/store/store.ts';
import { nameKey } from '../name.ts';
import type { KeyKind } from '../owner-name.ts';
import { ownerAt, setType, slabOctets } from '../zone/set-block.ts';
import { Breath } from './breath.ts';
import { isFresh, isMade, type KeptZone, keyRefs, type OwnerChange } from './kept-zone.ts';
import { keySets } from './key-sets.ts';

/** What was read of the keys of one zone. */
interface ZoneRead {
  /** First labels of owners: no two in a zone are equal. */
  readonly seen: Set<string>;
  readonly changes: OwnerChange[];
}

/** Compares the keys of zones with all that were published, read one after the other. */
export class KeyReading {
  readonly #ttlSeconds: number;
  /** By apex: a zone may be replaced by one of another mode meanwhile, which has the same keys. */
  readonly #zones = new Map<string, ZoneRead>();
  readonly #begun = new Set<KeptZone>();
  readonly #tried = new Set<string>();

  constructor(ttlSeconds: number) {
    this.#ttlSeconds = ttlSeconds;
  }

  /** Takes a zone in, before the first of its keys. What an earlier reading left where nothing is served yet goes. */
  begin(kept: KeptZone): void {
    if (this.#begun.has(kept)) return;
    if (isFresh(kept)) kept.zone.release();
    this.#begun.add(kept);
    this.#zones.set(nameKey(kept.zone.apex), { seen: new Set(), changes: [] });
  }

  /** Whether all keys of this very zone were read. */
  isOf(kept: KeptZone): boolean {
    return this.#begun.has(kept);
  }

  /** Whether a zone that is missing may be made for its keys: tried once. */
  mayMake(domain: string, kind: KeyKind): boolean {
    const zone = `${kind} ${domain}`;
    if (this.#tried.has(zone)) return false;
    this.#tried.add(zone);
    return true;
  }

  /** Puts a key where nothing can be served yet, notes it as a change where something can. */
  note(kept: KeptZone, key: PublishedKey): void {
    const { zone } = kept;
    const read = this.#zones.get(nameKey(zone.apex));
    const mayPut = isFresh(kept) && this.#begun.has(kept);
    for (const set of keySets(key, zone.apex, this.#ttlSeconds)) {
      if (mayPut) {
        zone.put(set);
        continue;
      }
      read?.seen.add(firstLabel(set.owner));
      const change = { owner: set.owner, type: set.type, set };
      if (!isMade(change, zone)) read?.changes.push(change);
    }
  }

  /**
   * All changes of a zone that was read whole: those noted, and owners that are in no published key any more. The zone must
   * not change meanwhile.
   */
  async changesOf(kept: KeptZone): Promise<OwnerChange[]> {
    const read = this.#zones.get(nameKey(kept.zone.apex));
    if (isFresh(kept) || read === undefined) return [];
    const gone: OwnerChange[] = [];
    const breath = new Breath();
    const { zone } = kept;
    for (const ref of keyRefs(zone)) {
      const isGone = !read.seen.has(firstLabel(slabOctets(zone.slabs, ref), ownerAt(ref)));
      if (isGone) gone.push({ owner: zone.ownerOf(ref), type: setType(zone.slabs, ref), set: null });
      await breath.take();
    }
    return [...read.changes, ...gone];
  }
}

/** The first label of a name, which begins there: a hash in lower case. */
function firstLabel(octets: Uint8Array, at = 0): string {
  const { buffer, byteOffset } = octets;
  return Buffer.from(buffer, byteOffset + at + 1, octets[at]).toString('latin1');
}
