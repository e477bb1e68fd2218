import type { PrivateKey } from 'openpgp';
import { DeliveryError } from '../errors.ts';
import { findArmor } from './armor.ts';
import { keyPacketTypes, readCertificates } from './certificate-parts.ts';
import { withKeySignatures } from './key-block.ts';
import { limits, loadOpenPgp } from './openpgp.ts';
import { splitPackets } from './packets.ts';
import { openSelfSigned, selfSignatureTypes } from './self-signatures.ts';

/** Why a key is revoked (RFC 9580 §5.2.3.31), in words. Only the last two leave its old signatures in force. */
export const revocationReasons = ['none', 'compromised', 'superseded', 'retired'] as const;
export type RevocationReason = (typeof revocationReasons)[number];

const reasonFlags: Readonly<Record<RevocationReason, number>> = {
  none: 0,
  superseded: 1,
  compromised: 2,
  retired: 3,
};

/** The revocation signature of an unlocked key: one packet, binary. */
export async function makeRevocation(
  key: PrivateKey,
  reason: RevocationReason,
  at: Date,
): Promise<Uint8Array> {
  const { enums, revokeKey } = await loadOpenPgp();
  const flag = reasonFlags[reason] as (typeof enums.reasonForRevocation)['noReason'];
  const options = { key, reasonForRevocation: { flag }, date: at, format: 'object', config: limits } as const;
  const { publicKey } = await revokeKey(options);
  return findRevocation(publicKey.write(), publicKey.write(), at);
}

/**
 * The revocation of this certificate (binary) that is in `given`: a revocation certificate, as `gpg --gen-revoke`
 * and every key's making give one, or a copy of the key that was revoked; armored or binary. Only this key's own
 * signature counts. Throws `badInput` when there is none.
 */
export async function findRevocation(
  certificate: Uint8Array,
  given: Uint8Array,
  at: Date,
): Promise<Uint8Array> {
  const [parts] = readCertificates(certificate);
  const packets = splitPackets(binaryOf(given)) ?? [];
  const signatures = packets.filter(({ type }) => type === keyPacketTypes.signature);
  const selfSigned = parts && (await openSelfSigned(parts.primary, at));
  if (!parts || !selfSigned)
    throw new DeliveryError('badInput', 'this key is of a kind that is not known here');
  const { primary } = parts;
  const [found] = await selfSigned.onKey({ ...primary, signatures }, selfSignatureTypes.keyRevocation);
  if (!found) throw new DeliveryError('badInput', 'no revocation of this key in it');
  return Uint8Array.from(found.packet.octets);
}

/** A key block (binary, public or secret) with its revocation. */
export const withRevocation = withKeySignatures;

/** GnuPG keeps its own revocation certificates with a colon before the first dash, so that none is imported by chance. */
function binaryOf(given: Uint8Array): Uint8Array {
  if ((given[0] ?? 0) & 0x80) return given;
  const text = Buffer.from(given)
    .toString('latin1')
    .replace(/^:(?=-----BEGIN PGP )/m, '');
  const block = findArmor(Buffer.from(text, 'latin1'));
  if (!block) throw new DeliveryError('badInput', 'no OpenPGP revocation in it');
  return block.octets;
}
