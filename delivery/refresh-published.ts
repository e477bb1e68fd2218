import { haveSamePrimary, joinCertificate, readCertificates } from './crypto/certificate-parts.ts';
import { minimalCertificate } from './crypto/minimal-certificate.ts';
import { asDeliveryError } from './errors.ts';
import { type PublishDeps, type PublishingAct, record } from './publish-key.ts';
import { addressOfPublished, publishedKeysOf } from './published-keys-of.ts';
import type { PublishedKey } from './store/store.ts';

/** What became of one publication when its key changed. */
export interface Refreshed {
  readonly address: string;
  /** `withdrawn`: the key's owner has revoked this user id. `kept`: the new copy can't be published; why is told. */
  readonly outcome: 'refreshed' | 'unchanged' | 'withdrawn' | 'kept';
  readonly reason: string | null;
}

/**
 * Brings what an account has published of one key up to date with a newer copy of it (binary): a longer life, new
 * subkeys, a revocation. What was published and the new copy are put together, so an old copy takes nothing back.
 */
export async function refreshPublished(
  act: PublishingAct,
  certificate: { readonly fingerprint: string; readonly octets: Uint8Array },
  deps: Pick<PublishDeps, 'store' | 'clock'>,
): Promise<Refreshed[]> {
  const refreshed: Refreshed[] = [];
  for (const published of await publishedKeysOf(act.account.id, deps)) {
    if (published.kind !== 'openpgp' || !holdsKey(published, certificate.fingerprint)) continue;
    refreshed.push(await refreshOne(act, published, { octets: certificate.octets, deps }));
  }
  return refreshed;
}

/** A publication may hold a second key, of version 6; `fingerprint` names the first alone. */
function holdsKey(published: PublishedKey, fingerprint: string): boolean {
  return published.fingerprint === fingerprint || splitPublished(published).length > 1;
}

/** The certificates of a publication, each binary: one, or one of version 4 and one of version 6. */
export function splitPublished({ octets }: Pick<PublishedKey, 'octets'>): Uint8Array[] {
  return readCertificates(octets).map(joinCertificate);
}

async function refreshOne(
  act: PublishingAct,
  published: PublishedKey,
  { octets, deps }: { octets: Uint8Array; deps: Pick<PublishDeps, 'store' | 'clock'> },
): Promise<Refreshed> {
  const address = addressOfPublished(published);
  try {
    const next = await nextOf(published, octets, { address, at: deps.clock.now() });
    if (Buffer.compare(next.octets, published.octets) === 0) {
      return { address, outcome: 'unchanged', reason: null };
    }
    await deps.store.publishKey({ ...published, ...next });
    const { fingerprint } = published;
    await record(act, 'keyPublished', { address, fingerprint, refreshed: true, state: next.state }, deps);
    return { address, outcome: 'refreshed', reason: null };
  } catch (error) {
    const { code, message, fields } = asDeliveryError(error);
    if (code !== 'badInput') throw error;
    if (fields.reason !== 'userIdRevoked') return { address, outcome: 'kept', reason: message };
    await deps.store.unpublishKey(address, 'openpgp');
    await record(act, 'keyUnpublished', { address, kind: 'openpgp', reason: message }, deps);
    return { address, outcome: 'withdrawn', reason: message };
  }
}

async function nextOf(
  published: PublishedKey,
  newer: Uint8Array,
  { address, at }: { address: string; at: Date },
): Promise<Pick<PublishedKey, 'octets' | 'state'>> {
  const parts: Uint8Array[] = [];
  let { state } = published;
  for (const old of splitPublished(published)) {
    if (!areOfOneKey(old, newer)) {
      parts.push(old);
      continue;
    }
    const minimal = await minimalCertificate([old, newer], address, at);
    // The state told is that of the first certificate, which `fingerprint` names.
    if (parts.length === 0) state = minimal.state;
    parts.push(minimal.octets);
  }
  return { octets: new Uint8Array(Buffer.concat(parts)), state };
}

function areOfOneKey(one: Uint8Array, other: Uint8Array): boolean {
  const [ours, theirs] = [readCertificates(one)[0], readCertificates(other)[0]];
  return ours !== undefined && theirs !== undefined && haveSamePrimary(ours, theirs);
}
