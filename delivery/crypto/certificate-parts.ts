import { DeliveryError } from '../errors.ts';
import { splitPackets, type WholePacket } from './packets.ts';

/** A key or user id with the signatures that stand behind it. */
export interface CertificatePart {
  readonly packet: WholePacket;
  readonly signatures: readonly WholePacket[];
}

/**
 * A certificate (RFC 9580 §10.1, a transferable public key) taken apart, octets as they were. User attributes
 * (pictures) and packets that no certificate has are left out.
 */
export interface CertificateParts {
  /** The primary key with its revocations and direct-key signatures. */
  readonly primary: CertificatePart;
  readonly userIds: readonly CertificatePart[];
  readonly subkeys: readonly CertificatePart[];
}

/** Packet types of a certificate (RFC 9580 §5). */
export const keyPacketTypes = { signature: 2, publicKey: 6, userId: 13, publicSubkey: 14 } as const;

/** A key that others have signed ten thousand times still is a key of a person. */
const maxPackets = 20_000;

/** The binary certificates in `octets`, one or several. Throws `badInput` when it is anything else. */
export function readCertificates(octets: Uint8Array): CertificateParts[] {
  const packets = splitPackets(octets, maxPackets);
  if (packets?.[0]?.type !== keyPacketTypes.publicKey) {
    throw new DeliveryError('badInput', 'no OpenPGP public key in it');
  }
  const certificates: CertificateParts[] = [];
  for (let at = 0; at < packets.length; ) {
    const next = packets.findIndex(({ type }, index) => index > at && type === keyPacketTypes.publicKey);
    const end = next < 0 ? packets.length : next;
    certificates.push(assemble(packets.slice(at, end)));
    at = end;
  }
  return certificates;
}

function assemble(packets: readonly WholePacket[]): CertificateParts {
  const parts: { packet: WholePacket; signatures: WholePacket[] }[] = [];
  for (const packet of packets) {
    if (packet.type === keyPacketTypes.signature) parts.at(-1)?.signatures.push(packet);
    else if (packet.type !== markerType && packet.type !== trustType) parts.push({ packet, signatures: [] });
  }
  const [primary, ...others] = parts;
  if (!primary) throw new DeliveryError('badInput', 'no OpenPGP public key in it');
  return {
    primary,
    userIds: others.filter(({ packet }) => packet.type === keyPacketTypes.userId),
    subkeys: others.filter(({ packet }) => packet.type === keyPacketTypes.publicSubkey),
  };
}

/** Packets that may stand anywhere and mean nothing here (RFC 9580 §5.8, §5.10). */
const markerType = 10;
const trustType = 12;

/** The octets of the certificate, in the order of RFC 9580 §10.1. */
export function joinCertificate({ primary, userIds, subkeys }: CertificateParts): Uint8Array {
  const packets = [primary, ...userIds, ...subkeys].flatMap(({ packet, signatures }) => [
    packet.octets,
    ...signatures.map(signature => signature.octets),
  ]);
  return new Uint8Array(Buffer.concat(packets));
}

/** Whether both are of the same primary key. */
export function haveSamePrimary(one: CertificateParts, other: CertificateParts): boolean {
  return Buffer.compare(one.primary.packet.body, other.primary.packet.body) === 0;
}

/** All user ids, subkeys and signatures of both copies of one certificate, each once; those of `one` come first. */
export function mergeCertificates(one: CertificateParts, other: CertificateParts): CertificateParts {
  if (!haveSamePrimary(one, other)) throw new DeliveryError('internal', 'two different keys to be merged');
  return {
    primary: mergePart(one.primary, other.primary),
    userIds: mergeParts(one.userIds, other.userIds),
    subkeys: mergeParts(one.subkeys, other.subkeys),
  };
}

function mergeParts(
  ours: readonly CertificatePart[],
  theirs: readonly CertificatePart[],
): readonly CertificatePart[] {
  const merged = new Map(ours.map(part => [nameOf(part.packet), part]));
  for (const part of theirs) {
    const name = nameOf(part.packet);
    const known = merged.get(name);
    merged.set(name, known ? mergePart(known, part) : part);
  }
  return [...merged.values()];
}

function mergePart({ packet, signatures }: CertificatePart, other: CertificatePart): CertificatePart {
  const distinct = new Map(
    [...signatures, ...other.signatures].map(signature => [nameOf(signature), signature]),
  );
  return { packet, signatures: [...distinct.values()] };
}

/** The body as a string: headers of one packet may be written in several ways. */
function nameOf({ body }: WholePacket): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}
