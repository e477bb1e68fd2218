import type { Key, PrivateKey, PublicKey, Subkey } from 'openpgp';
import { DeliveryError } from '../errors.ts';
import { normalizeAddress } from '../message/address.ts';
import { findArmor } from './armor.ts';
import { limits, loadOpenPgp } from './openpgp.ts';

/** What a certificate is good for at a moment. */
export interface KeyDescription {
  /** Lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Addresses of its user ids that it certified itself and has not revoked, normalised. */
  readonly addresses: readonly string[];
  /** OpenPGP's words, with bits for RSA: `rsa4096`, `ed25519`, `eddsaLegacy` … */
  readonly algorithms: readonly string[];
  /** `strong`: RSA of 2,048 bits or more or a current curve, for every part that is used. */
  readonly strength: 'strong' | 'weak';
  readonly state: 'usable' | 'revoked' | 'expired';
  readonly canEncrypt: boolean;
  readonly canSign: boolean;
  readonly createdAt: Date;
  /** Null: never. */
  readonly expiresAt: Date | null;
}

/** More octets than this are no key of a person. */
const maxKeyOctets = 1_048_576;
const maxKeys = 20;
/** Certifications by others of one user id that are looked at. */
const maxCertifications = 20;

/** Public keys in a file or header, armored or binary, secret parts left out. Throws `badInput` when there are none. */
export async function readPublicKeys(octets: Uint8Array): Promise<PublicKey[]> {
  const { readKeys } = await loadOpenPgp();
  const binaryKeys = binaryOf(octets, ['PUBLIC KEY BLOCK', 'PRIVATE KEY BLOCK']);
  try {
    const keys = await readKeys({ binaryKeys, config: limits });
    return keys.slice(0, maxKeys).map(key => key.toPublic());
  } catch (cause) {
    throw new DeliveryError('badInput', 'no OpenPGP public key in it', { cause });
  }
}

/** The secret key in a file, armored or binary, as it is (locked or not). Throws `badInput`. */
export async function readPrivateKey(octets: Uint8Array): Promise<PrivateKey> {
  const [key, ...others] = await readPrivateKeys(octets);
  if (key && others.length === 0) return key;
  throw new DeliveryError('badInput', 'more than one secret key in it; export one of them alone');
}

/** All secret keys in a file, as `readPrivateKey`; at least one. Throws `badInput`. */
export async function readPrivateKeys(octets: Uint8Array): Promise<PrivateKey[]> {
  const openpgp = await loadOpenPgp();
  const binaryKeys = binaryOf(octets, ['PRIVATE KEY BLOCK']);
  try {
    const keys = await openpgp.readPrivateKeys({ binaryKeys, config: limits });
    return keys.slice(0, maxKeys);
  } catch (cause) {
    throw new DeliveryError('badInput', 'no OpenPGP secret key in it', { cause });
  }
}

/** Whether the octets hold a secret key, by the first packet or the armor's name. */
export function holdsPrivateKey(octets: Uint8Array): boolean {
  const block = findArmor(octets);
  if (block) return block.type === 'PRIVATE KEY BLOCK';
  const tag = octets[0] ?? 0;
  return (tag & 0xc0) === 0xc0 ? (tag & 0x3f) === 5 : (tag & 0x80) !== 0 && ((tag >> 2) & 0x0f) === 5;
}

function binaryOf(octets: Uint8Array, types: readonly string[]): Uint8Array {
  if (octets.length > maxKeyOctets) throw new DeliveryError('badInput', 'too large for an OpenPGP key');
  if ((octets[0] ?? 0) & 0x80) return Uint8Array.from(octets);
  const found: Uint8Array[] = [];
  for (let block = findArmor(octets); block; block = findArmor(octets, block.end)) {
    if (types.includes(block.type)) found.push(block.octets);
  }
  if (found.length === 0) throw new DeliveryError('badInput', 'no OpenPGP key in it');
  return Uint8Array.from(Buffer.concat(found));
}

/**
 * The key without its passphrase. Throws `badCredentials` when it is wrong or missing, `badInput` when the file
 * holds only a stub (a key on a card).
 */
export async function unlockPrivateKey(key: PrivateKey, passphrase: string | null): Promise<PrivateKey> {
  const { decryptKey } = await loadOpenPgp();
  const packets = key.getKeys().map(part => part.keyPacket);
  if (packets.some(packet => 'isMissingSecretKeyMaterial' in packet && packet.isMissingSecretKeyMaterial())) {
    throw new DeliveryError('badInput', 'the secret part of this key is not in the file (a card or a stub)');
  }
  if (key.isDecrypted()) return key;
  if (passphrase === null) throw new DeliveryError('badCredentials', 'this key is locked by a passphrase');
  try {
    return await decryptKey({ privateKey: key, passphrase, config: limits });
  } catch (cause) {
    throw new DeliveryError('badCredentials', 'the passphrase does not open this key', { cause });
  }
}

/** A new key pair; the secret key is locked when there was a passphrase. Octets are binary. */
export interface GeneratedKey {
  readonly fingerprint: string;
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
  /** Armored; publishing it revokes the key for good. */
  readonly revocationCertificate: string;
}

/** Makes a version 4 key on Curve25519, in the form that GnuPG 2.2 and every other program can use. */
export async function generateKey(
  address: string,
  passphrase?: string,
  at = new Date(),
): Promise<GeneratedKey> {
  const openpgp = await loadOpenPgp();
  const generated = await openpgp.generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: { email: address },
    date: at,
    format: 'object',
    ...(passphrase ? { passphrase } : {}),
    config: { v6Keys: false, aeadProtect: false },
  });
  return {
    fingerprint: generated.publicKey.getFingerprint(),
    privateKey: generated.privateKey.write(),
    publicKey: generated.publicKey.write(),
    revocationCertificate: generated.revocationCertificate,
  };
}

/** The fingerprint: lower-case hexadecimal, 40 digits for version 4, 64 for version 6. */
export function fingerprint(key: Key): string {
  return key.getFingerprint().toLowerCase();
}

/** What a certificate is good for at `at`. Never throws: what can't be verified doesn't count. */
export async function describeKey(key: Key, at: Date): Promise<KeyDescription> {
  const parts: (Key | Subkey)[] = [key, ...key.subkeys];
  const algorithms = [...new Set(parts.map(algorithmOf))];
  const expiresAt = await expiryOf(key);
  return {
    fingerprint: fingerprint(key),
    addresses: await certifiedAddresses(key, at),
    algorithms,
    strength: parts.every(isStrong) ? 'strong' : 'weak',
    state: await stateOf(key, at, expiresAt),
    canEncrypt: await succeeds(() => key.getEncryptionKey(undefined, at, undefined)),
    canSign: await succeeds(() => key.getSigningKey(undefined, at, undefined)),
    createdAt: key.getCreationTime(),
    expiresAt,
  };
}

/** Addresses of the user ids that the key certified itself and has not revoked. */
export async function certifiedAddresses(key: Key, at: Date): Promise<string[]> {
  const addresses: string[] = [];
  for (const user of key.users) {
    const email = user.userID?.email;
    if (email && (await succeeds(() => user.verify(at)))) addresses.push(normalizeAddress(email));
  }
  return [...new Set(addresses)];
}

/**
 * Whether the certificate `older` (binary) has signed the user id of this address in the certificate `newer`, as one
 * does when changing keys. What can't be read or verified counts as no.
 */
export async function isCertifiedBy(
  newer: { readonly octets: Uint8Array; readonly address: string },
  older: Uint8Array,
  at: Date,
): Promise<boolean> {
  const [key] = await readPublicKeys(newer.octets).catch(() => []);
  const [signer] = await readPublicKeys(older).catch(() => []);
  if (!key || !signer) return false;
  for (const user of key.users) {
    if (normalizeAddress(user.userID?.email ?? '') !== newer.address) continue;
    for (const certification of user.otherCertifications.slice(0, maxCertifications)) {
      const holds = await user.verifyCertificate(certification, [signer], at).catch(() => false);
      if (holds === true) return true;
    }
  }
  return false;
}

async function stateOf(key: Key, at: Date, expiresAt: Date | null): Promise<KeyDescription['state']> {
  if (await key.isRevoked(undefined, undefined, at).catch(() => true)) return 'revoked';
  return expiresAt && expiresAt <= at ? 'expired' : 'usable';
}

async function expiryOf(key: Key): Promise<Date | null> {
  const time = await key.getExpirationTime().catch(() => null);
  return time instanceof Date ? time : null;
}

async function succeeds(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch {
    // The library tells "not good for that" by throwing.
    return false;
  }
}

function algorithmOf(part: Key | Subkey): string {
  const { algorithm, bits, curve } = part.getAlgorithmInfo();
  if (bits) return `${algorithm.replace(/(Encrypt|Sign)+$/, '')}${bits}`;
  return curve ? `${algorithm}-${curve}` : algorithm;
}

const currentAlgorithms: ReadonlySet<string> = new Set(['x25519', 'x448', 'ed25519', 'ed448']);
const currentCurves: ReadonlySet<string> = new Set([
  'ed25519Legacy',
  'curve25519Legacy',
  'nistP256',
  'nistP384',
  'nistP521',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
]);

/** RSA of 2,048 bits or more, or a current curve (PRIVACY-INDEX.md, `encryption`). */
export function isStrong(part: Key | Subkey): boolean {
  const { algorithm, bits, curve } = part.getAlgorithmInfo();
  if (algorithm.startsWith('rsa')) return (bits ?? 0) >= 2048;
  return currentAlgorithms.has(algorithm) || (curve !== undefined && currentCurves.has(curve));
}
