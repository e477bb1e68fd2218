import type { PrivateKey, SignaturePacket } from 'openpgp';
import { DeliveryError } from '../errors.ts';
import { fullConfig, loadOpenPgp } from './openpgp.ts';

/** What a self-signature says of the whole key; a new user id says the same (RFC 9580 §5.2.3). */
const copied = [
  'keyFlags',
  'features',
  'keyExpirationTime',
  'keyNeverExpires',
  'keyServerPreferences',
  'preferredSymmetricAlgorithms',
  'preferredHashAlgorithms',
  'preferredCompressionAlgorithms',
  'preferredAEADAlgorithms',
] as const satisfies readonly (keyof SignaturePacket)[];

/** SHA-256, SHA-384, SHA-512 (RFC 9580 §9.5). */
const strongHashes: ReadonlySet<number> = new Set([8, 9, 10]);

/**
 * The packets of one more user id, `<address>`, with its self-certification: not the primary one, and saying of the
 * key what the primary one says. `key` is unlocked. Throws `badInput` when none of its user ids holds.
 */
export async function certifyUserId(key: PrivateKey, address: string, at: Date): Promise<Uint8Array> {
  const openpgp = await loadOpenPgp();
  const { enums, PacketList, SignaturePacket, UserIDPacket } = openpgp;
  const config = fullConfig(openpgp);
  const primary = await key.getPrimaryUser(at, undefined, config).catch((cause: unknown) => {
    throw new DeliveryError('badInput', 'this key has no user id that holds', { cause });
  });
  const says = primary.selfCertification;
  const signature = new SignaturePacket();
  for (const name of copied) Object.assign(signature, { [name]: says[name] });
  const { hashAlgorithm } = says;
  Object.assign(signature, {
    signatureType: enums.signature.certPositive,
    publicKeyAlgorithm: key.keyPacket.algorithm,
    hashAlgorithm: strongHashes.has(hashAlgorithm ?? 0) ? hashAlgorithm : enums.hash.sha512,
  });
  const userID = Object.assign(new UserIDPacket(), { userID: `<${address}>` });
  await signed(signature, { data: { userID, key: key.keyPacket }, key, at, config });
  return Object.assign(new PacketList(), [userID, signature]).write();
}

/** The library's declaration leaves out the configuration, without which it can't sign. */
async function signed(
  signature: SignaturePacket,
  { data, key, at, config }: { data: object; key: PrivateKey; at: Date; config: unknown },
): Promise<void> {
  const sign = signature.sign.bind(signature) as (...args: readonly unknown[]) => Promise<void>;
  await sign(key.keyPacket, data, at, false, config);
}
