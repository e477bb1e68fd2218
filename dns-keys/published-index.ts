import { writeAddress } from '../delivery/published-keys-of.ts';
import { allPages } from '../delivery/store/all-pages.ts';
import type { PublishedKey, Store } from '../delivery/store/store.ts';
import { wkdHash } from './wkd/hash.ts';

/** What the index reads. */
export type PublishedSource = Pick<Store, 'listPublishedKeys' | 'getPublishedKey' | 'getZoneChanges'>;

/**
 * Finds published local parts by what a client may ask instead of an address: the hash of a Web Key Directory
 * (clients before GnuPG 2.2.12 leave the local part out) or a fingerprint.
 */
export interface PublishedIndex {
  localPartOfHash(domain: string, hash: string): Promise<string | null>;
  localPartsOfFingerprint(domain: string, fingerprint: string): Promise<readonly string[]>;
}

export interface IndexLimits {
  /** Entries of all domains together; the domain that was not asked for the longest time goes first. */
  readonly maxEntries: number;
  /** How long changes may go unnoticed. */
  readonly refreshMilliseconds: number;
}

interface DomainIndex {
  /** By the WKD hash. */
  readonly byHash: Map<string, string>;
  /** By fingerprint; one key may serve several addresses. */
  readonly byFingerprint: Map<string, readonly string[]>;
  /** What a local part (as it is compared) stands under, so that it can be taken out. */
  readonly entries: Map<string, { readonly hash: string; readonly fingerprint: string }>;
}

const limits: IndexLimits = { maxEntries: 1_000_000, refreshMilliseconds: 500 };
const pageKeys = 500;

/**
 * An index in memory: about 600 octets a key, read from the store when a domain is first asked for (100,000 keys in
 * some seconds, one domain at a time) and kept by what the store tells of changes. Clients of today never need it.
 */
export function openPublishedIndex(
  { store, now }: { readonly store: PublishedSource; readonly now: () => number },
  { maxEntries, refreshMilliseconds }: IndexLimits = limits,
): PublishedIndex {
  const domains = new Map<string, DomainIndex>();
  let cursor: string | null = null;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let work: Promise<unknown> = Promise.resolve();

  /** One after the other: reads of the store at once would not be quicker, and changes keep their order. */
  function inOrder<T>(act: () => Promise<T>): Promise<T> {
    const done = work.then(act);
    work = done.catch(() => {});
    return done;
  }

  async function current(domain: string): Promise<DomainIndex> {
    await refresh();
    const known = domains.get(domain);
    const index = known ?? (await readDomain(store, domain));
    domains.delete(domain);
    domains.set(domain, index);
    forgetOldest();
    return index;
  }

  async function refresh(): Promise<void> {
    if (now() - refreshedAt < refreshMilliseconds) return;
    for (;;) {
      const { changes, next, isWhole } = await store.getZoneChanges(cursor, pageKeys);
      cursor = next;
      if (!isWhole) domains.clear();
      for (const { domain, localPart } of changes) {
        const index = domains.get(domain);
        if (index && localPart === null) domains.delete(domain);
        else if (index && localPart !== null) await readAgain(index, { domain, localPart }, store);
      }
      if (changes.length < pageKeys) break;
    }
    refreshedAt = now();
  }

  function forgetOldest(): void {
    let total = 0;
    for (const { entries } of domains.values()) total += entries.size;
    for (const [domain, { entries }] of domains) {
      if (total <= maxEntries || domains.size === 1) return;
      domains.delete(domain);
      total -= entries.size;
    }
  }

  return {
    localPartOfHash: (domain, hash) => inOrder(async () => (await current(domain)).byHash.get(hash) ?? null),
    localPartsOfFingerprint: (domain, fingerprint) =>
      inOrder(async () => (await current(domain)).byFingerprint.get(fingerprint) ?? []),
  };
}

async function readDomain(store: PublishedSource, domain: string): Promise<DomainIndex> {
  const index: DomainIndex = { byHash: new Map(), byFingerprint: new Map(), entries: new Map() };
  for await (const key of allPages(page => store.listPublishedKeys({ ...page, domain })))
    if (key.kind === 'openpgp') add(index, key);
  return index;
}

async function readAgain(
  index: DomainIndex,
  { domain, localPart }: { domain: string; localPart: string },
  store: PublishedSource,
): Promise<void> {
  const key = await store.getPublishedKey(writeAddress(localPart, domain), 'openpgp');
  if (key) add(index, key);
  else remove(index, localPart);
}

function add(index: DomainIndex, { localPart, fingerprint }: PublishedKey): void {
  remove(index, localPart);
  const hash = wkdHash(localPart);
  index.entries.set(localPart.toLowerCase(), { hash, fingerprint });
  index.byHash.set(hash, localPart);
  const others = index.byFingerprint.get(fingerprint) ?? [];
  index.byFingerprint.set(fingerprint, [...others, localPart]);
}

function remove(index: DomainIndex, localPart: string): void {
  const name = localPart.toLowerCase();
  const entry = index.entries.get(name);
  if (!entry) return;
  index.entries.delete(name);
  index.byHash.delete(entry.hash);
  const others = index.byFingerprint.get(entry.fingerprint) ?? [];
  const left = others.filter(other => other.toLowerCase() !== name);
  if (left.length > 0) index.byFingerprint.set(entry.fingerprint, left);
  else index.byFingerprint.delete(entry.fingerprint);
}
