import { DeliveryError } from '../errors.ts';
import { splitPackets } from './packets.ts';

/** Packet types of public and secret subkeys (RFC 9580 §5.5). */
const subkeyTypes: ReadonlySet<number> = new Set([7, 14]);

/**
 * A key block (binary, public or secret) with packets of one more user id in front of its first subkey, where user
 * ids end (RFC 9580 §10.1, §10.2). Other octets stay. Throws `badInput` when it is no key block.
 */
export function withUserId(block: Uint8Array, packets: Uint8Array): Uint8Array {
  return insertAt(block, types => types.findIndex(type => subkeyTypes.has(type)), packets);
}

/** The key block with these signatures right behind its primary key. Throws as `withUserId` does. */
export function withKeySignatures(block: Uint8Array, signatures: Uint8Array): Uint8Array {
  return insertAt(block, () => 1, signatures);
}

/** `place` names the packet to stand before, by the types of all; a negative number is the end. */
function insertAt(
  block: Uint8Array,
  place: (types: readonly number[]) => number,
  inserted: Uint8Array,
): Uint8Array {
  const packets = splitPackets(block);
  if (!packets) throw new DeliveryError('badInput', 'no OpenPGP key in it');
  const at = place(packets.map(({ type }) => type));
  const octets = packets.map(packet => packet.octets);
  octets.splice(at < 0 ? octets.length : at, 0, inserted);
  return new Uint8Array(Buffer.concat(octets));
}
