import type { Name } from '../name.ts';
import { algorithms } from './algorithms.ts';
import { signedLabels, signedOctets, type Unsigned } from './canonical.ts';
import type { ZoneKey } from './keys.ts';
import { signatureTime } from './signature-time.ts';

/** From when to when a signature holds, Unix seconds. */
export interface SignatureTimes {
  readonly inception: number;
  readonly expiration: number;
}

/**
 * RRSIG RDATA of one key over a set in canonical form (RFC 4034 §3). `apex` is the signer, in lower case. One
 * signature of P-256 costs 40 to 60 µs.
 */
export function signRecordSet(
  set: Unsigned,
  key: ZoneKey,
  { apex, inception, expiration }: SignatureTimes & { apex: Name },
): Uint8Array {
  const head = Buffer.allocUnsafe(18 + apex.length);
  head.writeUInt16BE(set.type, 0);
  head[2] = key.algorithm;
  head[3] = signedLabels(set.owner);
  head.writeUInt32BE(set.ttlSeconds, 4);
  head.writeUInt32BE(signatureTime(expiration), 8);
  head.writeUInt32BE(signatureTime(inception), 12);
  head.writeUInt16BE(key.tag, 16);
  head.set(apex, 18);
  return Buffer.concat([head, algorithms[key.algorithm].sign(signedOctets(head, set), key.privateKey)]);
}
