import { type Config, generateKey } from 'openpgp';

/** A real certificate with many encryption subkeys, all of them in use; v4, Curve25519. Binary. */
export async function makeLargeKey(address: string, subkeys: number): Promise<Buffer> {
  const config: Partial<Config> = { v6Keys: false };
  const { publicKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ email: address }],
    subkeys: Array.from({ length: subkeys }, () => ({ type: 'ecc' as const })),
    format: 'binary',
    config,
  });
  return Buffer.from(publicKey);
}
