import { readPublicKeys } from '../../delivery/crypto/keys.ts';

interface IndexedKey {
  readonly fingerprint: string;
  /** Number of the algorithm (RFC 9580 §9.1). */
  readonly algorithm: number;
  /** Empty for curves. */
  readonly bits: string;
  readonly createdSeconds: number;
  readonly expiresSeconds: number | null;
  readonly isRevoked: boolean;
  readonly userIds: readonly string[];
}

/** The machine-readable index (draft-ietf-openpgp-hkp §5): one line `info`, then `pub` and `uid` lines. */
export async function machineIndex(octets: Uint8Array): Promise<string> {
  const keys = await indexed(octets);
  const lines = keys.flatMap(key => {
    const expires = key.expiresSeconds ?? '';
    const flags = key.isRevoked ? 'r' : '';
    return [
      [
        'pub',
        key.fingerprint.toUpperCase(),
        key.algorithm,
        key.bits,
        key.createdSeconds,
        expires,
        flags,
      ].join(':'),
      ...key.userIds.map(userId => ['uid', encodeURIComponent(userId), '', '', ''].join(':')),
    ];
  });
  return `${[`info:1:${keys.length}`, ...lines].join('\n')}\n`;
}

/** The same for people. */
export async function plainIndex(octets: Uint8Array): Promise<string> {
  const keys = await indexed(octets);
  const lines = keys.flatMap(({ fingerprint, createdSeconds, isRevoked, userIds }) => {
    const day = new Date(createdSeconds * 1000).toISOString().slice(0, 10);
    const head = `pub  ${fingerprint.toUpperCase()}  ${day}${isRevoked ? '  revoked' : ''}`;
    return [head, ...userIds.map(userId => `uid  ${userId.replace(/\p{Cc}/gu, ' ')}`)];
  });
  return `${lines.join('\n')}\n`;
}

async function indexed(octets: Uint8Array): Promise<IndexedKey[]> {
  const found: IndexedKey[] = [];
  for (const key of await readPublicKeys(octets)) {
    const expires = await key.getExpirationTime().catch(() => null);
    const { bits } = key.getAlgorithmInfo();
    found.push({
      fingerprint: key.getFingerprint(),
      algorithm: key.keyPacket.algorithm,
      bits: bits === undefined ? '' : String(bits),
      createdSeconds: Math.floor(key.getCreationTime().getTime() / 1000),
      expiresSeconds: expires instanceof Date ? Math.floor(expires.getTime() / 1000) : null,
      isRevoked: key.revocationSignatures.length > 0,
      userIds: key.getUserIDs(),
    });
  }
  return found;
}
