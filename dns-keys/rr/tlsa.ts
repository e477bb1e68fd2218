import { type CertificateAssociationData, certificateAssociation } from './certificate-association.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

/** Certificate of a TLS server (RFC 6698). */
export const tlsa = certificateAssociation(
  rrTypes.TLSA,
  'TLSA',
) satisfies RecordType<CertificateAssociationData>;
