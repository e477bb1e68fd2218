import type { Clock } from './clock.ts';
import { describeKey, readPublicKeys } from './crypto/keys.ts';
import type { PublicKey, Store } from './store/store.ts';

/** One key of an account's own, which is kept once for each of its addresses. */
export interface OwnCertificate {
  readonly fingerprint: string;
  readonly octets: Uint8Array;
  readonly version: number;
  readonly createdAt: Date;
  readonly state: 'usable' | 'revoked' | 'expired';
  /** As the store keeps it. */
  readonly rows: readonly PublicKey[];
}

/** The account's own keys: those that can be used first, among them the newest. What can't be read is left out. */
export async function ownCertificates(
  accountId: string,
  { store, clock }: { readonly store: Pick<Store, 'listPublicKeys'>; readonly clock: Clock },
): Promise<OwnCertificate[]> {
  const byFingerprint = new Map<string, PublicKey[]>();
  for (const row of await store.listPublicKeys(accountId)) {
    if (row.source !== 'own') continue;
    byFingerprint.set(row.fingerprint, [...(byFingerprint.get(row.fingerprint) ?? []), row]);
  }
  const found: OwnCertificate[] = [];
  for (const [fingerprint, rows] of byFingerprint) {
    const newest = rows.reduce((one, other) => (other.firstSeenAt > one.firstSeenAt ? other : one));
    const [key] = await readPublicKeys(newest.octets).catch(() => []);
    if (!key) continue;
    const { state, createdAt } = await describeKey(key, clock.now());
    const { octets } = newest;
    found.push({ fingerprint, octets, version: key.keyPacket.version, createdAt, state, rows });
  }
  const rank = { usable: 0, expired: 1, revoked: 2 } as const;
  return found.sort(
    (one, other) =>
      rank[one.state] - rank[other.state] || other.createdAt.getTime() - one.createdAt.getTime(),
  );
}
