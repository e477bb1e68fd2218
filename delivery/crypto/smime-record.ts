import { createHash, X509Certificate } from 'node:crypto';
import { DeliveryError } from '../errors.ts';

/** Usage 3 (this very certificate, no authority asked), selector 0 (whole), matching type 0 (as it is): RFC 6698 §2.1. */
const parameters = [3, 0, 0];

/** RDATA of SMIMEA (RFC 8162 §2) for a certificate (PEM or DER), and its SHA-256. Throws `badInput`. */
export function smimeRecord(
  certificate: Uint8Array,
  address: string,
  at: Date,
): { rdata: Uint8Array; digest: string } {
  const read = readCertificate(certificate);
  if (read.checkEmail(address) === undefined) {
    throw new DeliveryError('badInput', `this certificate does not name ${address}`, {
      fields: { reason: 'noUserId' },
    });
  }
  if (read.validToDate <= at) {
    throw new DeliveryError('badInput', `this certificate expired on ${read.validTo}`, {
      fields: { reason: 'expired' },
    });
  }
  const rdata = new Uint8Array(Buffer.concat([Uint8Array.from(parameters), read.raw]));
  return { rdata, digest: createHash('sha256').update(read.raw).digest('hex') };
}

function readCertificate(octets: Uint8Array): X509Certificate {
  if (octets.length > 60_000) throw new DeliveryError('badInput', 'too large for a certificate');
  try {
    return new X509Certificate(octets);
  } catch (cause) {
    throw new DeliveryError('badInput', 'no X.509 certificate in it, PEM or DER', { cause });
  }
}
