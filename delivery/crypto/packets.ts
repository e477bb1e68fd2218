/** One OpenPGP packet (RFC 9580 §4.2): its type and the beginning of its body. */
export interface Packet {
  readonly type: number;
  /** At most 64 octets from the start of the body. */
  readonly head: Uint8Array;
  /** Octets of the body; of a partial-length packet the sum of its parts. */
  readonly length: number;
}

/** Packet types that are looked at (RFC 9580 §5). */
export const packetTypes = {
  publicKeySession: 1,
  signature: 2,
  passwordSession: 3,
  encrypted: 9,
  integrityEncrypted: 18,
  aeadEncrypted: 20,
} as const;

const headOctets = 64;
const maxPackets = 2000;

/** A packet that stands in one piece: how it is written, and its body. Both are views of the octets it was read from. */
export interface WholePacket {
  readonly type: number;
  /** With its header. */
  readonly octets: Uint8Array;
  readonly body: Uint8Array;
}

/** The packets of a key or signature, at most `most` of them; null when it is no sequence of packets in one piece. */
export function splitPackets(octets: Uint8Array, most = maxPackets): WholePacket[] | null {
  const packets: WholePacket[] = [];
  let at = 0;
  while (at < octets.length) {
    const packet = readPacket(octets, at);
    if (!packet || packet.bodyStart === null || packets.length >= most) return null;
    const body = octets.subarray(packet.bodyStart, packet.bodyStart + packet.length);
    packets.push({ type: packet.type, octets: octets.subarray(at, packet.end), body });
    at = packet.end;
  }
  return packets;
}

/** The outer packets of a message; null when the octets are no sequence of packets. */
export function readPackets(octets: Uint8Array): Packet[] | null {
  const packets: Packet[] = [];
  let at = 0;
  while (at < octets.length) {
    const packet = readPacket(octets, at);
    if (!packet || packets.length >= maxPackets) return null;
    const { type, head, length, end } = packet;
    packets.push({ type, head, length });
    at = end;
  }
  return packets;
}

/** `bodyStart` is null when the body stands in several pieces. */
type PlacedPacket = Packet & { readonly bodyStart: number | null; readonly end: number };

function readPacket(octets: Uint8Array, at: number): PlacedPacket | null {
  const tag = octets[at] ?? 0;
  if ((tag & 0x80) === 0) return null;
  return tag & 0x40 ? readNewFormat(octets, at + 1, tag & 0x3f) : readOldFormat(octets, at + 1, tag);
}

function readOldFormat(octets: Uint8Array, at: number, tag: number): PlacedPacket | null {
  const type = (tag >> 2) & 0x0f;
  const lengthOctets = [1, 2, 4, 0][tag & 3] ?? 0;
  const start = at + lengthOctets;
  // Indeterminate length: the packet goes on to the end (RFC 9580 §4.2.2).
  const length = lengthOctets === 0 ? octets.length - start : readNumber(octets, at, lengthOctets);
  return finish(octets, { type, start, length });
}

function readNewFormat(octets: Uint8Array, at: number, type: number): PlacedPacket | null {
  let first: { start: number; length: number } | null = null;
  let total = 0;
  let next = at;
  for (;;) {
    const span = readSpan(octets, next);
    if (!span || span.start + span.length > octets.length) return null;
    first ??= span;
    total += span.length;
    next = span.start + span.length;
    if (!span.isPartial) break;
  }
  const head = octets.subarray(first.start, first.start + Math.min(headOctets, first.length));
  return { type, head, length: total, bodyStart: first.length === total ? first.start : null, end: next };
}

/** One length of the current format (RFC 9580 §4.2.1). */
function readSpan(
  octets: Uint8Array,
  at: number,
): { start: number; length: number; isPartial: boolean } | null {
  const first = octets[at];
  if (first === undefined) return null;
  if (first < 192) return { start: at + 1, length: first, isPartial: false };
  if (first < 224) {
    return { start: at + 2, length: ((first - 192) << 8) + (octets[at + 1] ?? 0) + 192, isPartial: false };
  }
  if (first < 255) return { start: at + 1, length: 2 ** (first & 0x1f), isPartial: true };
  return { start: at + 5, length: readNumber(octets, at + 1, 4), isPartial: false };
}

function finish(
  octets: Uint8Array,
  { type, start, length }: { type: number; start: number; length: number },
): PlacedPacket | null {
  const end = start + length;
  if (length < 0 || end > octets.length) return null;
  const head = octets.subarray(start, start + Math.min(headOctets, length));
  return { type, head, length, bodyStart: start, end };
}

function readNumber(octets: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index += 1) value = value * 256 + (octets[at + index] ?? 0);
  return value;
}

/* ---- what an encrypted message shows from outside ---- */

/** What the packets of an encrypted message tell without any key. */
export interface EncryptionShape {
  readonly strength: 'strong' | 'weak';
  readonly noIntegrity: boolean;
  /** Key ids of the recipients, 16 hexadecimal digits, lower-case; all zeros for a hidden one. */
  readonly recipients: readonly string[];
  readonly algorithms: readonly string[];
}

/**
 * Reads the outer packets of an encrypted message; null when they are none: session key packets, then one packet of
 * encrypted data to the end. `strong` needs integrity protection and a current public-key algorithm for *every*
 * recipient, since the weakest one opens it too.
 */
export function encryptionShape(octets: Uint8Array): EncryptionShape | null {
  const packets = readPackets(octets)?.filter(packet => packet.type !== 10 && packet.type !== 21);
  const data = packets?.pop();
  if (!packets || !data || !isEncryptedData(data)) return null;
  const sessions = packets.map(readSessionKey);
  if (sessions.length === 0 || sessions.some(session => session === null)) return null;
  const known = sessions.filter(session => session !== null);
  const noIntegrity = data.type === packetTypes.encrypted;
  const isStrong = !noIntegrity && known.every(session => session.isStrong);
  return {
    strength: isStrong ? 'strong' : 'weak',
    noIntegrity,
    recipients: known.flatMap(session => (session.keyId ? [session.keyId] : [])),
    algorithms: [...new Set([...known.map(session => session.algorithm), ...dataAlgorithm(data)])],
  };
}

function isEncryptedData({ type, length }: Packet): boolean {
  const { encrypted, integrityEncrypted, aeadEncrypted } = packetTypes;
  return length > 16 && (type === encrypted || type === integrityEncrypted || type === aeadEncrypted);
}

/** Version 2 names its ciphers outside (RFC 9580 §5.13.2); version 1 keeps the cipher in the session key. */
function dataAlgorithm({ type, head }: Packet): string[] {
  const isNamed =
    (type === packetTypes.integrityEncrypted && head[0] === 2) || type === packetTypes.aeadEncrypted;
  const cipher = cipherNames[head[1] ?? 0];
  const mode = aeadNames[head[2] ?? 0];
  return isNamed ? [cipher, mode].filter(name => name !== undefined) : [];
}

const cipherNames: Readonly<Record<number, string>> = {
  7: 'aes128',
  8: 'aes192',
  9: 'aes256',
  10: 'twofish',
};
const aeadNames: Readonly<Record<number, string>> = { 1: 'eax', 2: 'ocb', 3: 'gcm' };

interface SessionKeyPacket {
  readonly keyId: string | null;
  readonly algorithm: string;
  readonly isStrong: boolean;
}

/** A session key packet: for a public key in version 3 or 6 (RFC 9580 §5.1), or for a password (§5.3). */
function readSessionKey({ type, head }: Packet): SessionKeyPacket | null {
  // A password's strength can't be seen from here, and no key of a person vouches for it.
  if (type === packetTypes.passwordSession) return { keyId: null, algorithm: 'password', isStrong: false };
  if (type !== packetTypes.publicKeySession) return null;
  if (head[0] === 3) return { keyId: hex(head.subarray(1, 9)), ...publicKeyAlgorithm(head, 9) };
  if (head[0] !== 6) return null;
  const length = head[1] ?? 0;
  const fingerprint = head.subarray(3, 2 + length);
  const keyId = head[2] === 4 ? fingerprint.subarray(12, 20) : fingerprint.subarray(0, 8);
  return { keyId: length === 0 ? '0'.repeat(16) : hex(keyId), ...publicKeyAlgorithm(head, 2 + length) };
}

/** RSA numbers may lack leading zeros: a key of 2,048 bits shows at least this many in all but one of 2^64 cases. */
const leastBits = 2048 - 64;

function publicKeyAlgorithm(head: Uint8Array, at: number): Pick<SessionKeyPacket, 'algorithm' | 'isStrong'> {
  const id = head[at] ?? 0;
  if (id === 1 || id === 2) {
    const bits = readNumber(head, at + 1, 2);
    return { algorithm: `rsa${Math.ceil(bits / 256) * 256}`, isStrong: bits >= leastBits };
  }
  const name = publicKeyNames[id];
  return { algorithm: name ?? `algorithm${id}`, isStrong: name !== undefined && name !== 'elgamal' };
}

/** RFC 9580 §9.1 and RFC 9980; RSA apart. */
const publicKeyNames: Readonly<Record<number, string>> = {
  16: 'elgamal',
  18: 'ecdh',
  25: 'x25519',
  26: 'x448',
  35: 'mlkem768-x25519',
  36: 'mlkem1024-x448',
};

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
