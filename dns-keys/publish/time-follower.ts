import { inParallel } from '../../delivery/in-parallel.ts';
import { keyZone } from '../owner-name.ts';
import { Breath } from './breath.ts';
import type { CareReport } from './care-report.ts';
import { keyKinds } from './domain-zones.ts';
import { type KeeperPart, wordsOf } from './keeper-domains.ts';
import type { KeptDomain } from './kept-domain.ts';
import type { ParentLook } from './parent-look.ts';
import { type CareTask, needsParent } from './zone-care.ts';

export interface TimeFollowerDeps extends KeeperPart {
  readonly parentLook: ParentLook;
  readonly report: CareReport;
}

const looksAtOnce = 8;
/** A clock that lost more than this was set back; NTP slews by less. */
const setBackMilliseconds = 60_000;

/** Rolls keys and renews signatures when they are due. */
export class TimeFollower {
  readonly #deps: TimeFollowerDeps;
  /** How far the clock is ahead of one that is never set, ms. */
  #clockAhead: number;

  constructor(deps: TimeFollowerDeps) {
    this.#deps = deps;
    this.#clockAhead = deps.clock.now().getTime() - performance.now();
  }

  /** Takes the keys that are due as far as time and the parent allow. */
  async lookAtKeys(): Promise<void> {
    const { domains, clock, report, isClosed } = this.#deps;
    this.#seeClock();
    const now = clock.now().getTime();
    const isDue = ({ name, isServed, keysDueAt }: KeptDomain) =>
      isServed && keysDueAt <= now && !domains.late.has(name);
    const breath = new Breath();
    try {
      await inParallel(looksAtOnce, domains.all().filter(isDue), async domain => {
        if (isClosed()) return;
        // Not in the domain's turn: a server of the parent may be long in answering, and keys are published meanwhile.
        const parent = await this.#lookAtParent(domain);
        await domains.attempt(domain.name, () => domain.care(parent));
        await breath.take();
      });
    } catch (error) {
      domains.storeFails(error);
    }
    report.flush();
  }

  /** Renews signatures that are due. */
  async lookAtSignatures(): Promise<void> {
    const { domains, clock, log, isClosed } = this.#deps;
    const now = clock.now().getTime();
    for (const domain of domains.all()) {
      if (domain.signaturesDueAt > now) continue;
      if (isClosed()) return;
      try {
        await domain.renew();
      } catch (error) {
        log.error({ domain: domain.name, ...wordsOf(error) }, 'signaturesNotRenewed');
      }
    }
  }

  async #lookAtParent({ name, record }: KeptDomain): Promise<CareTask['parent']> {
    const seen: { -readonly [K in keyof CareTask['parent']]: CareTask['parent'][K] } = {};
    for (const kind of keyKinds) {
      const zone = record.zones[kind];
      if (zone && needsParent(zone)) seen[kind] = await this.#deps.parentLook.dsAtParent(keyZone(name, kind));
    }
    return seen;
  }

  /** What is due later by a clock that was ahead would never be looked at. */
  #seeClock(): void {
    const { domains, clock, log } = this.#deps;
    const ahead = clock.now().getTime() - performance.now();
    const lost = this.#clockAhead - ahead;
    this.#clockAhead = ahead;
    if (lost < setBackMilliseconds) return;
    log.warn({ seconds: Math.round(lost / 1000) }, 'clockSetBack');
    for (const domain of domains.all()) domain.lookAgain();
  }
}
