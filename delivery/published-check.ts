import type { Clock } from './clock.ts';
import { keyFingerprint, keyVersion } from './crypto/fingerprint.ts';
import { minimalCertificate } from './crypto/minimal-certificate.ts';
import { asDeliveryError } from './errors.ts';
import type { Log } from './log.ts';
import { ownCertificates } from './own-certificates.ts';
import { addressOfPublished } from './published-keys-of.ts';
import { splitPublished } from './refresh-published.ts';
import type { PublishedKey, Store } from './store/store.ts';

/** Ways by which the world gets the key of an address. Autocrypt stands for the key that the account itself would send. */
export const keySources = ['dns', 'wkdAdvanced', 'wkdDirect', 'autocrypt'] as const;
export type KeySource = (typeof keySources)[number];

/** What one source gave. */
export type Found =
  | {
      readonly outcome: 'found';
      readonly certificates: readonly Uint8Array[];
      /** DNS: the resolver has validated it (the AD bit). Null where that has no meaning. */
      readonly isValidated: boolean | null;
    }
  | { readonly outcome: 'absent'; readonly isValidated: boolean | null }
  /** `skipped`: clients don't ask it, such as the direct method beside an advanced one. */
  | { readonly outcome: 'failed' | 'skipped'; readonly detail: string };

/** Looks an address up as the world does. Never throws: what fails is told as `failed`. */
export type WorldLookup = (address: {
  readonly localPart: string;
  readonly domain: string;
}) => Promise<Readonly<Record<Exclude<KeySource, 'autocrypt'>, Found>>>;

/** One source held against what is published. */
export interface CheckedSource {
  readonly source: KeySource;
  readonly verdict: 'same' | 'differs' | 'missing' | 'unexpected' | 'failed' | 'absent' | 'skipped';
  readonly fingerprints: readonly string[];
  readonly isValidated: boolean | null;
  readonly detail: string | null;
}

export interface CheckedKey {
  readonly address: string;
  /** Null: nothing is published for it, and nothing should be found. */
  readonly fingerprint: string | null;
  readonly sources: readonly CheckedSource[];
  /** False: the world gets something else than what is published, by one way at least. */
  readonly isConsistent: boolean;
}

export interface CheckDeps {
  readonly store: Pick<Store, 'listPublicKeys'>;
  readonly clock: Clock;
  readonly lookUp: WorldLookup;
}

/** Where the world is told something about this key, does it hear of the same key everywhere? */
export async function checkPublished(
  asked: { readonly localPart: string; readonly domain: string; readonly published: PublishedKey | null },
  deps: CheckDeps,
): Promise<CheckedKey> {
  const { published } = asked;
  const world = await deps.lookUp(asked);
  const found: Record<KeySource, Found> = { ...world, autocrypt: await wouldBeSent(published, deps) };
  const expected = published === null ? null : publishedCertificates(published);
  const sources = keySources.map(source => judge(source, found[source], expected));
  return {
    address: addressOfPublished(asked),
    fingerprint: published?.fingerprint ?? null,
    sources,
    isConsistent: !sources.some(({ verdict }) => alarming.has(verdict)),
  };
}

/** Those of a publication, each binary; one that is damaged whole, so that it differs from whatever is found. */
export function publishedCertificates(published: Pick<PublishedKey, 'octets'>): Uint8Array[] {
  try {
    return splitPublished(published);
  } catch (error) {
    if (asDeliveryError(error).code !== 'badInput') throw error;
    return [published.octets];
  }
}

const alarming: ReadonlySet<CheckedSource['verdict']> = new Set([
  'differs',
  'missing',
  'unexpected',
  'failed',
]);

/** The account's own key as it would stand beside its mail: the same minimal certificate, made of the key of today. */
async function wouldBeSent(published: PublishedKey | null, { store, clock }: CheckDeps): Promise<Found> {
  if (published === null) return { outcome: 'skipped', detail: 'nothing is published' };
  const address = addressOfPublished(published);
  const wanted = new Set(publishedCertificates(published).map(keyVersion));
  const certificates: Uint8Array[] = [];
  for (const version of wanted) {
    const known = await ownCertificates(published.accountId, { store, clock });
    const own = known.find(key => key.version === version);
    if (!own) continue;
    const minimal = await minimalCertificate(own.octets, address, clock.now()).catch((error: unknown) => {
      if (asDeliveryError(error).code !== 'badInput') throw error;
      return null;
    });
    if (minimal) certificates.push(minimal.octets);
  }
  return certificates.length > 0
    ? { outcome: 'found', certificates, isValidated: null }
    : { outcome: 'absent', isValidated: null };
}

function judge(source: KeySource, found: Found, expected: readonly Uint8Array[] | null): CheckedSource {
  const base = { source, fingerprints: [], isValidated: null, detail: null };
  if ('detail' in found) {
    return { ...base, verdict: found.outcome, detail: found.detail };
  }
  const { isValidated } = found;
  if (found.outcome === 'absent') {
    return { ...base, isValidated, verdict: expected === null ? 'absent' : 'missing' };
  }
  const fingerprints = found.certificates.map(keyFingerprint);
  const isSame = expected !== null && haveSameOctets(found.certificates, expected);
  const verdict = expected === null ? 'unexpected' : isSame ? 'same' : 'differs';
  return { ...base, fingerprints, isValidated, verdict };
}

/** The order of records means nothing. */
function haveSameOctets(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  const [ours, theirs] = [some, others].map(each =>
    each.map(octets => Buffer.from(octets).toString('base64')).sort(),
  );
  return JSON.stringify(ours) === JSON.stringify(theirs);
}

export interface CheckedPage {
  readonly checked: number;
  /** How many the world gets otherwise than published; each is a line `publishedKeyDiffers` of the log. */
  readonly differing: number;
  /** Continues behind this page; null at the end. */
  readonly next: string | null;
}

/**
 * Checks a page of published keys, one after the other, for a door that does it again and again: a gauge of
 * `differing` over all pages is what an alarm hangs on.
 */
export async function checkPublishedPage(
  page: { readonly after: string | null; readonly limit: number; readonly domain?: string },
  deps: CheckDeps & {
    readonly store: Pick<Store, 'listPublishedKeys' | 'listPublicKeys'>;
    readonly log: Log;
  },
): Promise<CheckedPage> {
  const { items, next } = await deps.store.listPublishedKeys(page);
  const keys = items.filter(({ kind }) => kind === 'openpgp');
  let differing = 0;
  for (const published of keys) {
    const { address, isConsistent, sources } = await checkPublished({ ...published, published }, deps);
    if (isConsistent) continue;
    differing += 1;
    const verdicts = Object.fromEntries(sources.map(({ source, verdict }) => [source, verdict]));
    deps.log.warn({ address, ...verdicts }, 'publishedKeyDiffers');
  }
  return { checked: keys.length, differing, next };
}
