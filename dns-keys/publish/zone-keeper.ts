import { describeError } from '../../delivery/describe-error.ts';
import type { Store } from '../../delivery/store/store.ts';
import { type Name, nameText, parentName } from '../name.ts';
import { Slabs } from '../zone/slabs.ts';
import { CareReport } from './care-report.ts';
import { KeeperDomains, type KeeperPart } from './keeper-domains.ts';
import type { DomainEvents, KeptDomainDeps } from './kept-domain.ts';
import type { KeptZone } from './kept-zone.ts';
import type { ParentLook } from './parent-look.ts';
import { Rounds } from './rounds.ts';
import { StoreFollower, type StoreFollowerDeps } from './store-follower.ts';
import { TimeFollower } from './time-follower.ts';
import type { DomainRecord } from './zone-record.ts';

export interface ZoneKeeperDeps extends Omit<KeptDomainDeps, 'store' | 'slabs' | 'report' | 'events'> {
  readonly store: StoreFollowerDeps['store'] & Pick<Store, 'putZone' | 'claimZoneSerial'>;
  readonly parentLook: ParentLook;
  readonly events?: Partial<DomainEvents>;
  readonly pace?: Pace;
}

/** Milliseconds from the end of one round to the next. */
export interface Pace {
  /** Asking the store for changes: one is answered within two of these, and the store's second. */
  readonly poll: number;
  /** Looking for keys and signatures that are due. */
  readonly look: number;
}

/** What there is to say of the keeper's work. */
export interface KeeperState {
  /** False while the store does not answer: what is known goes on being served. */
  readonly isStoreThere: boolean;
  /** When the store was last heard. */
  readonly heardAt: Date;
  /** Domains whose zones are not what they should be. */
  readonly lateDomains: number;
  readonly domains: number;
}

const usualPace: Pace = { poll: 400, look: 15_000 };

/**
 * Keeps the key zones of all hosted domains as the store has them: makes their keys, puts published keys in and takes
 * them out, rolls keys, renews signatures. While the store is away what is known is served. What fails for one domain
 * is tried again, and holds up no other.
 */
export class ZoneKeeper {
  readonly #deps: ZoneKeeperDeps;
  readonly #domains: KeeperDomains;
  readonly #rounds: Rounds;
  readonly #store: StoreFollower;
  readonly #time: TimeFollower;

  constructor(deps: ZoneKeeperDeps) {
    const { clock, log, events = {}, parentLook } = deps;
    this.#deps = deps;
    const report = new CareReport(log);
    this.#rounds = new Rounds(error => log.error(describeError(error), 'zoneKeeperFault'));
    this.#domains = new KeeperDomains({ ...deps, events, slabs: new Slabs(), report });
    const part: KeeperPart = { domains: this.#domains, clock, log, isClosed: () => this.#rounds.isClosed };
    this.#store = new StoreFollower({ ...deps, ...part, events, report });
    this.#time = new TimeFollower({ ...part, parentLook, report });
  }

  get state(): KeeperState {
    const { isStoreThere, heardAt, late, size } = this.#domains;
    return { isStoreThere, heardAt, lateDomains: late.size, domains: size };
  }

  /** Zones of all domains. */
  *zones(): Iterable<KeptZone> {
    for (const domain of this.#domains.all()) yield* domain.zones();
  }

  /** What is kept of a domain's zones; null when it has none. */
  record(domain: string): DomainRecord | null {
    return this.#domains.get(domain)?.record ?? null;
  }

  /** The zone of exactly this apex, where it is answered from. */
  zone(apex: Name): KeptZone | null {
    const served = this.#deps.table.get(apex);
    if (served === null) return null;
    const domain = this.#domains.get(nameText(parentName(served.apex)).slice(0, -1));
    for (const kept of domain?.zones() ?? []) if (kept.zone === served) return kept;
    return null;
  }

  /** Reads all that is in the store and begins to serve it; throws when the store does not answer. */
  async open(): Promise<void> {
    await this.#store.open();
    const { poll, look } = this.#deps.pace ?? usualPace;
    this.#rounds.every(poll, () => this.#store.poll());
    this.#rounds.every(look, () => this.#time.lookAtKeys());
    this.#rounds.every(look, () => this.#time.lookAtSignatures());
  }

  async close(): Promise<void> {
    await this.#rounds.close();
    await Promise.all(this.#domains.all().map(domain => domain.settled()));
  }
}
