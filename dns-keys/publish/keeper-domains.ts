import type { Clock } from '../../delivery/clock.ts';
import { describeError } from '../../delivery/describe-error.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import type { Log } from '../../delivery/log.ts';
import { KeptDomain, type KeptDomainDeps } from './kept-domain.ts';
import { LateDomains } from './late-domains.ts';

/** The domains whose zones are kept, which of them are late, and whether the store answers. */
export class KeeperDomains {
  readonly late = new LateDomains();
  readonly #byName = new Map<string, KeptDomain>();
  readonly #deps: KeptDomainDeps;
  #isStoreThere = true;
  #heardAt: Date;

  constructor(deps: KeptDomainDeps) {
    this.#deps = deps;
    this.#heardAt = deps.clock.now();
  }

  get size(): number {
    return this.#byName.size;
  }

  /** False while the store does not answer. */
  get isStoreThere(): boolean {
    return this.#isStoreThere;
  }

  /** When the store was heard last. */
  get heardAt(): Date {
    return this.#heardAt;
  }

  get(name: string): KeptDomain | null {
    return this.#byName.get(name) ?? null;
  }

  all(): KeptDomain[] {
    return [...this.#byName.values()];
  }

  /** The domain, taken in where it is new. */
  enter(name: string): KeptDomain {
    const domain = this.#byName.get(name) ?? new KeptDomain(name, this.#deps);
    this.#byName.set(name, domain);
    return domain;
  }

  /** The domain is hosted no more. */
  async forget(name: string): Promise<void> {
    this.late.done(name);
    const domain = this.#byName.get(name);
    this.#byName.delete(name);
    await domain?.end();
  }

  /** Work for one domain: it is tried again when it fails. Throws only when the store does not answer. */
  async attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.late.later(name);
      if (error instanceof DeliveryError && error.code === 'storeUnavailable') throw error;
      this.#deps.log.error({ domain: name, ...wordsOf(error) }, 'keyZoneNotUpdated');
    }
  }

  storeAnswers(): void {
    this.#heardAt = this.#deps.clock.now();
    if (this.#isStoreThere) return;
    this.#isStoreThere = true;
    this.#deps.log.info({}, 'zoneStoreBack');
  }

  storeFails(error: unknown): void {
    const help = 'what is known goes on being answered; changes wait until the store answers again';
    if (this.#isStoreThere) this.#deps.log.error({ ...wordsOf(error), help }, 'zoneStoreAway');
    this.#isStoreThere = false;
  }
}

export interface KeeperPart {
  readonly domains: KeeperDomains;
  readonly clock: Clock;
  readonly log: Log;
  /** No new work begins any more. */
  readonly isClosed: () => boolean;
}

/** Our own errors say what is wrong in words; it is tried again all the same. */
export function wordsOf(error: unknown): Record<string, unknown> {
  const why = error instanceof DeliveryError ? { why: error.message, ...error.fields } : {};
  const help = 'the zone goes on as it was, if it was ever served, and is tried again within ten minutes';
  return { ...describeError(error), ...why, help };
}
