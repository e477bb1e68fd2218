import { describeError } from '../../delivery/describe-error.ts';
import { inParallel } from '../../delivery/in-parallel.ts';
import type { Log } from '../../delivery/log.ts';
import { allPages } from '../../delivery/store/all-pages.ts';
import type { PublishedKey, Store, StoredZone } from '../../delivery/store/store.ts';
import { mayHaveKeyZones } from '../owner-name.ts';
import type { DnsSettings } from '../settings.ts';
import { Breath } from './breath.ts';
import type { KeptDomain } from './kept-domain.ts';
import { KeyReading } from './key-reading.ts';

/** What the store has of domains. */
export interface ReadDomains {
  readonly hosted: ReadonlySet<string>;
  /** Hosted, too, but their names are too long for key zones. */
  readonly tooLong: readonly string[];
  /** Of hosted domains. */
  readonly documents: Map<string, StoredZone>;
  /** Names of documents whose domain is hosted no more. */
  readonly orphans: readonly string[];
}

/** Documents before domains: one whose domain is not there then has outlived it. */
export async function readDomains(store: Pick<Store, 'listZones' | 'listDomains'>): Promise<ReadDomains> {
  const documents = new Map<string, StoredZone>();
  for await (const zone of allPages(page => store.listZones(page))) documents.set(zone.name, zone);
  const hosted = new Set<string>();
  const tooLong: string[] = [];
  for await (const { name } of allPages(page => store.listDomains(page)))
    if (mayHaveKeyZones(name)) hosted.add(name);
    else tooLong.push(name);
  return { hosted, tooLong, documents, orphans: [...documents.keys()].filter(name => !hosted.has(name)) };
}

export interface KeyReadingDeps {
  readonly store: Pick<Store, 'listPublishedKeys'>;
  readonly settings: Pick<DnsSettings, 'ttlSeconds'>;
  readonly log: Log;
  /** Does the work for a domain; throws only when nothing can be read any more. */
  readonly attempt: (domain: string, work: () => Promise<void>) => Promise<void>;
}

/** Domains brought to what was read at the same time. */
const domainsAtOnce = 4;

/** Reads the published keys of these domains, or of the only one, and brings their zones to them. */
export async function readKeys(
  domains: readonly KeptDomain[],
  deps: KeyReadingDeps,
  only?: string,
): Promise<void> {
  const { store, settings, attempt } = deps;
  const reading = new KeyReading(settings.ttlSeconds);
  for (const domain of domains) for (const kept of domain.zones()) reading.begin(kept);
  const byName = new Map(domains.map(domain => [domain.name, domain]));
  const breath = new Breath();
  const keys = allPages(page =>
    store.listPublishedKeys(only === undefined ? page : { ...page, domain: only }),
  );
  for await (const key of keys) {
    const domain = byName.get(key.domain);
    if (domain) await noteKey(domain, key, { reading, deps });
    await breath.take();
  }
  await inParallel(domainsAtOnce, domains, async domain => {
    await attempt(domain.name, () => domain.fill(reading));
    await breath.take();
  });
}

/** A key that is damaged is left out: all others are to be found. */
async function noteKey(
  domain: KeptDomain,
  key: PublishedKey,
  { reading, deps: { log, attempt } }: { reading: KeyReading; deps: KeyReadingDeps },
): Promise<void> {
  const { kind, accountId } = key;
  if (domain.zone(kind) === null && reading.mayMake(domain.name, kind)) {
    await attempt(domain.name, () => domain.make([kind]));
    const made = domain.zone(kind);
    if (made) reading.begin(made);
  }
  const kept = domain.zone(kind);
  if (kept === null) return;
  try {
    reading.note(kept, key);
  } catch (error) {
    log.error({ domain: domain.name, accountId, kind, ...describeError(error) }, 'publishedKeyDamaged');
  }
}
