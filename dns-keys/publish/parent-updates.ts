import type { Clock } from '../../delivery/clock.ts';
import { describeError } from '../../delivery/describe-error.ts';
import type { Log } from '../../delivery/log.ts';
import { openServerClient } from '../ask/dns-client.ts';
import { equalNames, isAtOrBelow, type Name, nameText, parseName } from '../name.ts';
import { typeName } from '../rr/table.ts';
import type { DnsSettings, ParentUpdate } from '../settings.ts';
import {
  delegationUpdate,
  nameUpdate,
  sendUpdate,
  type Update,
  type UpdateFault,
  undelegationUpdate,
} from '../transfer/update.ts';
import { domainPlacement } from './domain-placement.ts';
import { lookAtPlacement, type PlacedSet, type Placement } from './placement.ts';
import type { DomainRecord } from './zone-record.ts';

export interface ParentUpdatesDeps {
  readonly settings: DnsSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** The record of a domain whose zones are answered from; null when there is none. */
  readonly recordOf: (domain: string) => DomainRecord | null;
}

/** Updates under way at one time. */
const updatesAtOnce = 4;
const retryMilliseconds = 60_000;
/** What a server refuses for good may be allowed by its keeper later. */
const refusedRetryMilliseconds = 3_600_000;

/**
 * Places delegations, DS and the names of the Web Key Directory in parent zones that take DNS UPDATE (RFC 2136), as often
 * as they change, and takes delegations away with their domain.
 */
export class ParentUpdates {
  readonly #deps: ParentUpdatesDeps;
  readonly #wanted = new Map<string, 'place' | readonly Name[]>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** By domain: what is wanted of one is done one after the other. */
  readonly #running = new Map<string, Promise<void>>();
  #isClosed = false;

  constructor(deps: ParentUpdatesDeps) {
    this.#deps = deps;
  }

  /** Sees to it that what a domain needs stands at its parent. */
  place(domain: string): void {
    if (this.#parentOf(domain)) this.#want(domain, 'place');
  }

  /** Takes the delegations of a domain's zones away. */
  remove(domain: string, apexes: readonly Name[]): void {
    if (this.#parentOf(domain) && apexes.length > 0) this.#want(domain, apexes);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.allSettled(this.#running.values());
  }

  /** The closest parent that takes updates. */
  #parentOf(domain: string): ParentUpdate | null {
    const name = parseName(domain);
    const fitting = this.#deps.settings.updates.filter(({ zone }) => isAtOrBelow(name, zone));
    return fitting.toSorted((one, other) => other.zone.length - one.zone.length)[0] ?? null;
  }

  #want(domain: string, what: 'place' | readonly Name[]): void {
    this.#wanted.set(domain, what);
    clearTimeout(this.#timers.get(domain));
    this.#timers.delete(domain);
    this.#go();
  }

  #go(): void {
    for (const [domain, what] of this.#wanted) {
      if (this.#isClosed || this.#running.size >= updatesAtOnce) return;
      if (this.#running.has(domain)) continue;
      this.#wanted.delete(domain);
      const running = this.#work(domain, what).finally(() => {
        this.#running.delete(domain);
        this.#go();
      });
      this.#running.set(domain, running);
    }
  }

  async #work(domain: string, what: 'place' | readonly Name[]): Promise<void> {
    const parent = this.#parentOf(domain);
    if (parent === null) return;
    const fields = { domain, parent: nameText(parent.zone) };
    try {
      const updates = what === 'place' ? await this.#missing(domain, parent) : what.map(undelegationUpdate);
      for (const update of updates) {
        const { server } = parent;
        const fault = await sendUpdate(update, { ...server, zone: parent.zone }, { clock: this.#deps.clock });
        if (fault) return this.#failed(domain, what, fault);
        const changed = update.changes.map(change =>
          typeName(change.kind === 'replace' ? change.set.type : change.type),
        );
        this.#deps.log.info({ ...fields, types: changed }, 'parentUpdated');
      }
    } catch (error) {
      this.#deps.log.warn({ ...fields, ...describeError(error) }, 'parentNotUpdated');
      this.#again(domain, what, retryMilliseconds);
    }
  }

  #failed(domain: string, what: 'place' | readonly Name[], { words, isTemporary }: UpdateFault): void {
    this.#deps.log[isTemporary ? 'warn' : 'error']({ domain, why: words }, 'parentNotUpdated');
    this.#again(domain, what, isTemporary ? retryMilliseconds : refusedRetryMilliseconds);
  }

  #again(domain: string, what: 'place' | readonly Name[], milliseconds: number): void {
    if (this.#isClosed || this.#wanted.has(domain)) return;
    clearTimeout(this.#timers.get(domain));
    const timer = setTimeout(() => {
      this.#timers.delete(domain);
      this.#want(domain, what);
    }, milliseconds);
    this.#timers.set(domain, timer.unref());
  }

  /** What is not there yet, asked of the server that is to be told. */
  async #missing(domain: string, { server }: ParentUpdate): Promise<Update[]> {
    const record = this.#deps.recordOf(domain);
    if (record === null) return [];
    const wanted = domainPlacement(domain, record, this.#deps.settings);
    const found = await lookAtPlacement(wanted, openServerClient(server));
    const unknown = found.find(({ status }) => status === 'unknown');
    if (unknown) throw new Error(unknown.fault ?? 'the server of the parent does not answer');
    return updatesFor(found);
  }
}

/** A delegation goes with its DS; a name of the Web Key Directory that others have made is left to them. */
function updatesFor(found: readonly Placement[]): Update[] {
  const updates: Update[] = [];
  for (const { set, status } of found) {
    if (set.purpose === 'wkd' && status === 'missing') updates.push(nameUpdate([set], []));
    if (set.purpose !== 'delegation') continue;
    const trust = found.find(one => one.set.purpose === 'trust' && equalNames(one.set.owner, set.owner));
    if (trust && (status !== 'there' || !isSettled(trust))) updates.push(delegation(set, trust.set));
  }
  return updates;
}

/** Whether exactly the wanted DS stand there. */
function isSettled({ set, status, found }: Placement): boolean {
  if (set.rdatas.length === 0) return found.length === 0;
  return status === 'there' && found.length === set.rdatas.length;
}

function delegation({ owner, rdatas, ttlSeconds }: PlacedSet, trust: PlacedSet): Update {
  // RDATA of NS is a name.
  return delegationUpdate({ owner, nameServers: rdatas, ds: trust.rdatas, ttlSeconds });
}
