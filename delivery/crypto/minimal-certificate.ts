import { DeliveryError } from '../errors.ts';
import { normalizeAddress } from '../message/address.ts';
import {
  type CertificatePart,
  type CertificateParts,
  joinCertificate,
  mergeCertificates,
  readCertificates,
} from './certificate-parts.ts';
import { describeKey, readPublicKeys } from './keys.ts';
import { madeAt, openSelfSigned, type SelfSigned, selfSignatureTypes as types } from './self-signatures.ts';
import { usableSubkeys } from './usable-subkeys.ts';

/** What the world needs of a certificate to write to one address (RFC 7929 §2.1.1), and what it tells about it. */
export interface MinimalCertificate {
  /** Binary. */
  readonly octets: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Of the key: 4 or 6. */
  readonly version: number;
  /** The user id that carries the address, as text. */
  readonly userId: string;
  readonly state: 'usable' | 'revoked';
  readonly createdAt: Date;
  /** Null: never. */
  readonly expiresAt: Date | null;
}

/** Why there is none: a word for programs beside the text for people, in `fields.reason` of the error. */
export const minimalFaults = [
  'noUserId',
  'userIdRevoked',
  'expired',
  'cannotEncrypt',
  'weakSignature',
  'unreadable',
  'tooLarge',
] as const;
export type MinimalFault = (typeof minimalFaults)[number];

/** A DNS message holds 65,535 octets; a signature, names and proofs come beside the record. */
export const maxCertificateOctets = 60_000;

/**
 * Of a certificate (binary; of several copies of one certificate, all that they have together) what the world needs
 * for this address: the primary key, its revocations and newest direct-key signature, the one user id that carries
 * the address, subkeys that can be used now, each with its newest self-signature. Left out: other user ids, pictures,
 * signatures by others, keys that are over, subkeys bound by SHA-1. A revoked key is its primary key, revocation and
 * user id. Octets of what stays are unchanged. Throws `badInput` with `fields.reason`.
 */
export async function minimalCertificate(
  octets: Uint8Array | readonly Uint8Array[],
  address: string,
  at: Date,
): Promise<MinimalCertificate> {
  const parts = mergedCopies(octets instanceof Uint8Array ? [octets] : octets);
  const selfSigned = await openSelfSigned(parts.primary, at);
  if (!selfSigned) throw fault('unreadable', 'this key is of a kind that is not known here');
  const revocations = await selfSigned.onKey(parts.primary, types.keyRevocation);
  const [direct] = await selfSigned.onKey(parts.primary, types.directKey);
  const isRevoked = revocations.length > 0;
  const kept = [...revocations, ...(direct ? [direct] : [])].map(({ packet }) => packet);
  const userId = await chooseUserId(parts, { address, isRevoked }, selfSigned);
  const minimal = joinCertificate({
    primary: { packet: parts.primary.packet, signatures: kept },
    userIds: [userId],
    subkeys: isRevoked ? [] : soundSubkeys(userId, await usableSubkeys(parts.subkeys, selfSigned, at)),
  });
  return checked(minimal, { userId: textOf(userId), isRevoked, address, at });
}

/** Those that others believe in. Throws when they believe nothing that the key says of itself. */
function soundSubkeys(userId: CertificatePart, subkeys: readonly CertificatePart[]): CertificatePart[] {
  const sound = subkeys.filter(part => !isBySha1(part));
  if (!isBySha1(userId) && (sound.length > 0 || subkeys.length === 0)) return sound;
  throw fault(
    'weakSignature',
    'this key is held together by SHA-1, so many programs refuse it; on the owner’s machine, gpg --quick-set-expire with its fingerprint and 2y, then again with a "*" behind, signs it anew; then import it again',
  );
}

/** Whether the signature of a part is made with SHA-1, which can be forged (RFC 9580 §9.5): its fourth octet. */
function isBySha1({ signatures }: CertificatePart): boolean {
  return signatures.some(({ body }) => body[3] === sha1);
}

const sha1 = 2;

function mergedCopies(copies: readonly Uint8Array[]): CertificateParts {
  const [first, ...others] = copies.map(onlyCertificate);
  if (!first) throw fault('unreadable', 'no OpenPGP public key in it');
  return others.reduce(mergeCertificates, first);
}

function onlyCertificate(octets: Uint8Array): CertificateParts {
  const [certificate, ...others] = readCertificates(octets);
  if (certificate && others.length === 0) return certificate;
  throw fault('unreadable', 'more than one key in it; export one of them alone');
}

/** The user id of the address that holds: the one marked as primary first, then the newest. */
async function chooseUserId(
  { userIds }: CertificateParts,
  { address, isRevoked }: { address: string; isRevoked: boolean },
  selfSigned: SelfSigned,
): Promise<CertificatePart> {
  const wanted = normalizeAddress(address);
  const carrying = userIds.filter(part => addressOfUserId(textOf(part)) === wanted);
  const found: { part: CertificatePart; isPrimary: boolean; madeAt: number }[] = [];
  for (const part of carrying) {
    const [newest] = await selfSigned.onUserId(part, types.certifications);
    const [revocation] = await selfSigned.onUserId(part, types.certificationRevocation);
    if (!newest) continue;
    if (revocation && !isRevoked && madeAt(revocation.says) >= madeAt(newest.says)) continue;
    const signatures = [newest.packet];
    const isPrimary = newest.says.isPrimaryUserID === true;
    found.push({ part: { packet: part.packet, signatures }, isPrimary, madeAt: madeAt(newest.says) });
  }
  found.sort((one, other) => Number(other.isPrimary) - Number(one.isPrimary) || other.madeAt - one.madeAt);
  if (found[0]) return found[0].part;
  if (carrying.length === 0) throw fault('noUserId', `none of its user ids is ${address}`);
  throw fault('userIdRevoked', `its user id ${address} was revoked, or its signature does not hold`);
}

function textOf({ packet }: CertificatePart): string {
  return new TextDecoder('utf-8').decode(packet.body);
}

/** The normalised address of a user id, `Name <addr-spec>` or an addr-spec alone; empty when it has none. */
export function addressOfUserId(userId: string): string {
  const text = userId.trim();
  const bracketed = /<([^<>]*)>$/.exec(text)?.[1];
  const address = bracketed ?? (/^\S+$/.test(text) ? text : '');
  return address.includes('@') ? normalizeAddress(address) : '';
}

/** The certificate as the library and everybody else reads it. */
async function checked(
  octets: Uint8Array,
  { userId, isRevoked, address, at }: { userId: string; isRevoked: boolean; address: string; at: Date },
): Promise<MinimalCertificate> {
  if (octets.length > maxCertificateOctets) {
    throw fault(
      'tooLarge',
      `this key has ${octets.length} octets; ${maxCertificateOctets} fit a DNS message`,
    );
  }
  const [key] = await readPublicKeys(octets);
  if (!key) throw fault('unreadable', 'no OpenPGP public key in it');
  const { state, canEncrypt, fingerprint, createdAt, expiresAt } = await describeKey(key, at);
  if (state === 'expired') {
    throw fault(
      'expired',
      `this key expired; give it more time (gpg --quick-set-expire ${fingerprint} 2y) and import it again`,
    );
  }
  if (!isRevoked && !canEncrypt)
    throw fault('cannotEncrypt', `nothing can be encrypted to this key for ${address}`);
  const { version } = key.keyPacket;
  return {
    octets,
    fingerprint,
    version,
    userId,
    state: isRevoked ? 'revoked' : 'usable',
    createdAt,
    expiresAt,
  };
}

function fault(reason: MinimalFault, text: string): DeliveryError {
  return new DeliveryError('badInput', text, { fields: { reason } });
}
