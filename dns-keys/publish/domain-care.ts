import type { Clock } from '../../delivery/clock.ts';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import type { Store } from '../../delivery/store/store.ts';
import { isVersionMismatch } from '../../delivery/store/version-mismatch.ts';
import type { DnsSettings } from '../settings.ts';
import { type KeptDomainRecord, readStored } from './domain-records.ts';
import { type CaredDomain, type CareTask, careForDomain } from './zone-care.ts';

export interface DomainCareDeps {
  readonly store: Pick<Store, 'getZone' | 'putZone' | 'getDomain'>;
  readonly keyring: Pick<Keyring, 'wrap'>;
  readonly clock: Clock;
  readonly settings: Pick<DnsSettings, 'mode' | 'algorithm' | 'ttlSeconds' | 'negativeTtlSeconds'>;
}

/** What a domain's keys came to, stored. */
export interface StoredCare extends Pick<CaredDomain, 'zones' | 'due'> {
  readonly kept: KeptDomainRecord;
}

/** How often another process may be first before this one gives up. */
const mostTries = 10;

/**
 * Takes a domain's keys as far as they go and stores what came of it. Where another process was first, its document is
 * taken and looked at again. Null when the domain is hosted no more. Throws what the store throws.
 */
export async function careAndStore(
  kept: KeptDomainRecord,
  task: CareTask,
  deps: DomainCareDeps,
): Promise<StoredCare | null> {
  const { store } = deps;
  let known = kept;
  for (let tries = 1; ; tries += 1) {
    const { record, zones, due } = careForDomain(known.record, task, { ...deps, now: deps.clock.now() });
    if (record === known.record) return { kept: known, zones, due };
    try {
      const { version } = await store.putZone(task.domain, record, known.version);
      return { kept: { record, version }, zones, due };
    } catch (error) {
      if (tries >= mostTries || !isVersionMismatch(error)) throw error;
    }
    const stored = await store.getZone(task.domain);
    // Whoever forgets a domain removes its document: to make another would bring it back.
    if (stored === null && (await store.getDomain(task.domain)) === null) return null;
    known = readStored(task.domain, stored);
  }
}
