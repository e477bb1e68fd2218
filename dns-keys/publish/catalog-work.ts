import { describeError } from '../../delivery/describe-error.ts';
import type { Log } from '../../delivery/log.ts';
import { rrTypes } from '../rr/table.ts';
import type { CatalogMember } from '../transfer/catalog.ts';
import type { CatalogKeeper } from './catalog-keeper.ts';
import type { KeptZone } from './kept-zone.ts';

export interface CatalogWorkDeps {
  readonly catalog: CatalogKeeper;
  readonly zones: () => Iterable<KeptZone>;
  readonly log: Log;
}

/** Changes of the list of zones that come together make one version of the catalog. */
const gatherMilliseconds = 300;
/** When what failed is tried again. */
const retryMilliseconds = 10_000;

/** Brings the catalog up to date a moment after zones came or went. */
export class CatalogWork {
  readonly #deps: CatalogWorkDeps;
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(deps: CatalogWorkDeps) {
    this.#deps = deps;
  }

  get catalog(): CatalogKeeper {
    return this.#deps.catalog;
  }

  later(milliseconds = gatherMilliseconds): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#work = this.now();
    }, milliseconds);
  }

  /** Never throws: what fails is tried again, and secondaries go on with the members they know. */
  async now(): Promise<void> {
    const { catalog, zones, log } = this.#deps;
    try {
      await catalog.update([...zones()].flatMap(memberOf));
    } catch (error) {
      const help = 'secondaries do not learn of new zones until this can be written';
      log.error({ ...describeError(error), help }, 'catalogNotUpdated');
      this.later(retryMilliseconds);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#work;
  }
}

/** Zones that can be transferred. */
function memberOf({ zone, record, versions }: KeptZone): CatalogMember[] {
  const isReady = versions !== null && zone.get(zone.apex, rrTypes.SOA) !== null;
  return isReady ? [{ apex: zone.apex, incarnation: record.incarnation }] : [];
}
