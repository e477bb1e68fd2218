import type { Log } from '../../delivery/log.ts';
import { type Name, nameKey } from '../name.ts';
import { rrTypes } from '../rr/table.ts';
import {
  type CatalogMember,
  catalogChange,
  catalogNs,
  catalogSets,
  memberSets,
} from '../transfer/catalog.ts';
import { nextSerial, soaSerial } from '../transfer/serial.ts';
import { openZoneFile, type ZoneFile } from '../transfer/zone-versions.ts';
import type { RecordSet } from '../zone/record-set.ts';
import { Slabs } from '../zone/slabs.ts';
import { Zone } from '../zone/zone.ts';
import type { ZoneTable } from '../zone/zone-table.ts';

export interface CatalogDeps {
  readonly folder: string;
  readonly log: Log;
  /** A serial that no version had before, on any machine. */
  readonly claimSerial: () => Promise<number>;
  /** Where what secondaries ask before they fetch is answered from. */
  readonly table: ZoneTable;
  /** Called when there is another version. */
  readonly onVersion: (soa: RecordSet) => void;
}

/** Keeps the catalog zone (RFC 9432) from which secondaries learn what zones there are. */
export class CatalogKeeper {
  readonly apex: Name;
  readonly versions: ZoneFile;
  readonly #deps: CatalogDeps;
  /** SOA and NS alone: the members are for those who may transfer them (RFC 9432 §7). */
  readonly #front: Zone;
  #members: Map<string, CatalogMember> | null = null;
  #work: Promise<unknown> = Promise.resolve();

  /** Use `openCatalog`. */
  constructor(apex: Name, versions: ZoneFile, deps: CatalogDeps) {
    this.apex = apex;
    this.versions = versions;
    this.#deps = deps;
    this.#front = new Zone({ apex, mode: 'presigned', slabs: new Slabs() });
    this.#show();
  }

  /** Brings the catalog to these members. Rejects when that can't be written; the catalog stays as it was. */
  update(members: readonly CatalogMember[]): Promise<void> {
    const done = this.#work.then(() => this.#bring(new Map(members.map(member => [keyOf(member), member]))));
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #bring(wanted: Map<string, CatalogMember>): Promise<void> {
    const known = this.#members ?? (await this.#written(wanted));
    const { soa } = this.versions;
    const come = [...wanted].filter(([key]) => !known?.has(key)).map(([, member]) => member);
    const gone = [...(known ?? [])].filter(([key]) => !wanted.has(key)).map(([, member]) => member);
    if (known !== null && soa !== null && come.length === 0 && gone.length === 0) {
      this.#members = wanted;
      return;
    }
    const claimed = await this.#deps.claimSerial();
    const fromSerial = soa === null ? null : soaSerial(soa);
    const serial = nextSerial(claimed, fromSerial);
    if (known === null || fromSerial === null) {
      const [first, ...rest] = catalogSets(this.apex, serial, wanted.values());
      if (first) await this.versions.replace(first, rest);
    } else {
      await this.versions.append(catalogChange(this.apex, { fromSerial, serial }, { come, gone }));
    }
    this.#members = wanted;
    this.#show();
    if (this.versions.soa) this.#deps.onVersion(this.versions.soa);
  }

  #show(): void {
    const { soa } = this.versions;
    if (soa === null) return;
    for (const set of [soa, catalogNs(this.apex)]) this.#front.put(set);
    this.#deps.table.set(this.#front);
  }

  /** Those members that the file has; null when it has others as well, whose names can't be told from it. */
  async #written(wanted: ReadonlyMap<string, CatalogMember>): Promise<Map<string, CatalogMember> | null> {
    const snapshot = await this.versions.snapshot();
    if (snapshot === null) return null;
    const owners = new Set<string>();
    try {
      for await (const sets of snapshot.sets())
        for (const set of sets) if (set.type === rrTypes.PTR) owners.add(nameKey(set.owner));
    } finally {
      await snapshot.close();
    }
    const found = new Map(
      [...wanted].filter(([, member]) => {
        const [first] = memberSets(this.apex, member);
        return first !== undefined && owners.has(nameKey(first.owner));
      }),
    );
    return found.size === owners.size ? found : null;
  }
}

function keyOf({ apex, incarnation, group = '' }: CatalogMember): string {
  return JSON.stringify([nameKey(apex), incarnation, group]);
}

/** The catalog as its files have it. */
export async function openCatalog(apex: Name, deps: CatalogDeps): Promise<CatalogKeeper> {
  return new CatalogKeeper(apex, await openZoneFile(deps.folder, apex, { log: deps.log }), deps);
}
