import { joinCertificate, readCertificates } from '../delivery/crypto/certificate-parts.ts';
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
  return { type: rrTypes.OPENPGPKEY, rdatas: readCertificates(octets).map(joinCertificate) };
}
