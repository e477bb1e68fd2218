import { joinCertificate, keyPacketTypes, readCertificates } from '../delivery/crypto/certificate-parts.ts';
import { splitPackets } from '../delivery/crypto/packets.ts';
import type { PublishedKey } from '../delivery/store/store.ts';
import { rrTypes } from './rr/table.ts';

/**
 * The records of a published key: their type, and one RDATA for each certificate (RFC 7929 §2.1: a record holds one).
 * That is one record but where the owner asked for a key of version 6 beside that of version 4, which comes first.
 */
export function recordsOfPublished({ kind, octets }: Pick<PublishedKey, 'kind' | 'octets'>): {
  readonly type: number;
  readonly rdatas: readonly Uint8Array[];
} {
  if (kind === 'smime') return { type: rrTypes.SMIMEA, rdatas: [octets] };
  // What was published is a minimal certificate as it is joined; only several of them are to be told apart.
  if (countPrimaryKeys(octets) === 1) return { type: rrTypes.OPENPGPKEY, rdatas: [octets] };
  return { type: rrTypes.OPENPGPKEY, rdatas: readCertificates(octets).map(joinCertificate) };
}

/** Zero for what is damaged. */
function countPrimaryKeys(octets: Uint8Array): number {
  const packets = splitPackets(octets) ?? [];
  if (packets[0]?.type !== keyPacketTypes.publicKey) return 0;
  return packets.filter(({ type }) => type === keyPacketTypes.publicKey).length;
}
