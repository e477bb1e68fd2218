import { type CertificateAssociationData, certificateAssociation } from './certificate-association.ts';
import type { RecordType } from './record-type.ts';
import { rrTypes } from './type-name.ts';

/** Certificate of a mailbox for S/MIME (RFC 8162 §2). */
export const smimea = certificateAssociation(
  rrTypes.SMIMEA,
  'SMIMEA',
) satisfies RecordType<CertificateAssociationData>;
