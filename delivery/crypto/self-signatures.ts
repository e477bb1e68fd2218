import type { PublicKeyPacket, PublicSubkeyPacket, SignaturePacket } from 'openpgp';
import type { CertificatePart } from './certificate-parts.ts';
import { fullConfig, loadOpenPgp, type OpenPgpLibrary } from './openpgp.ts';
import type { WholePacket } from './packets.ts';

/** Signature types over keys and user ids (RFC 9580 §5.2.1). */
export const selfSignatureTypes = {
  certifications: [0x10, 0x11, 0x12, 0x13],
  certificationRevocation: [0x30],
  subkeyBinding: [0x18],
  subkeyRevocation: [0x28],
  directKey: [0x1f],
  keyRevocation: [0x20],
} as const;

/** A signature that the primary key made and that holds, with what it says. */
export interface SelfSignature {
  readonly packet: WholePacket;
  readonly says: SignaturePacket;
}

/** Looks only at signatures of one primary key. */
export interface SelfSigned {
  readonly primary: PublicKeyPacket;
  /** Those of these types behind the primary key itself that hold, newest first. */
  onKey(part: CertificatePart, types: readonly number[]): Promise<SelfSignature[]>;
  onUserId(part: CertificatePart, types: readonly number[]): Promise<SelfSignature[]>;
  onSubkey(part: CertificatePart, types: readonly number[]): Promise<SelfSignature[]>;
  /** The packet of a subkey; null when its kind is unknown here. */
  subkeyOf(part: CertificatePart): Promise<PublicSubkeyPacket | null>;
}

/** Of one part, so many signatures that claim to be of the key's own are tried; an honest key has a few. */
const maxTried = 200;

/** Null when the primary key is of a kind that is unknown here. */
export async function openSelfSigned(primaryPart: CertificatePart, at: Date): Promise<SelfSigned | null> {
  const openpgp = await loadOpenPgp();
  const primary = await readOne<PublicKeyPacket>(primaryPart.packet, openpgp);
  if (!primary) return null;
  const find = (part: CertificatePart, types: readonly number[], data: object) =>
    holding({ primary, signatures: part.signatures, types, data, at }, openpgp);
  const subkeyOf = (part: CertificatePart) => readOne<PublicSubkeyPacket>(part.packet, openpgp);
  return {
    primary,
    subkeyOf,
    onKey: (part, types) => find(part, types, { key: primary }),
    // The octets as they stand: the library would write a user id that is no UTF-8 in another way than was signed.
    onUserId: (part, types) =>
      find(part, types, { key: primary, userID: { write: () => Uint8Array.from(part.packet.body) } }),
    async onSubkey(part, types) {
      const bind = await subkeyOf(part);
      return bind ? find(part, types, { key: primary, bind }) : [];
    },
  };
}

interface Sought {
  readonly primary: PublicKeyPacket;
  readonly signatures: readonly WholePacket[];
  readonly types: readonly number[];
  /** What was signed, in the library's words. */
  readonly data: object;
  readonly at: Date;
}

async function holding(
  { primary, signatures, types, data, at }: Sought,
  openpgp: OpenPgpLibrary,
): Promise<SelfSignature[]> {
  const found: SelfSignature[] = [];
  let tried = 0;
  for (const packet of signatures) {
    // The type stands at the same place in versions 4 and 6 (RFC 9580 §5.2.3).
    if (!types.includes(packet.body[1] ?? -1)) continue;
    const says = await readOne<SignaturePacket>(packet, openpgp);
    if (!says?.issuerKeyID.equals(primary.getKeyID())) continue;
    tried += 1;
    if (tried > maxTried) break;
    const moment = isRevocation(says) ? new Date(Math.max(at.getTime(), madeAt(says))) : at;
    if (await holds(says, { key: primary, data, at: moment }, openpgp)) found.push({ packet, says });
  }
  return found.sort((one, other) => madeAt(other.says) - madeAt(one.says));
}

/** GnuPG dates the revocation of a user id a second ahead; nobody revokes for later. */
function isRevocation({ signatureType }: SignaturePacket): boolean {
  return signatureType === 0x20 || signatureType === 0x28 || signatureType === 0x30;
}

/** Whether the signature is of this key over these data, not expired, and made by then. */
export async function holds(
  signature: SignaturePacket,
  { key, data, at }: { key: PublicKeyPacket | PublicSubkeyPacket; data: object; at: Date },
  openpgp: OpenPgpLibrary,
): Promise<boolean> {
  try {
    if (signature.signatureType === null) return false;
    await signature.verify(key, signature.signatureType, data, at, false, fullConfig(openpgp));
    return true;
  } catch {
    // The library tells "does not hold" by throwing.
    return false;
  }
}

/** When it was made, in milliseconds. */
export function madeAt({ created }: SignaturePacket): number {
  return created?.getTime() ?? 0;
}

/** The packet as the library reads it; null when it can't. */
async function readOne<T>(packet: WholePacket, openpgp: OpenPgpLibrary): Promise<T | null> {
  const { PacketList, PublicKeyPacket, PublicSubkeyPacket, SignaturePacket } = openpgp;
  const known = [PublicKeyPacket, PublicSubkeyPacket, SignaturePacket];
  // An object by packet type; the library's declaration calls it a Map.
  const allowed = Object.fromEntries(known.map(kind => [kind.tag, kind]));
  try {
    const octets = Uint8Array.from(packet.octets);
    const [read] = await PacketList.fromBinary(octets, allowed as never, fullConfig(openpgp));
    return read && 'version' in read ? (read as T) : null;
  } catch {
    return null;
  }
}
