import { createHash } from 'node:crypto';
import { splitPackets } from './packets.ts';

/** The version of the first key in a binary certificate; 0 when it is none. */
export function keyVersion(certificate: Uint8Array): number {
  return splitPackets(certificate)?.[0]?.body[0] ?? 0;
}

/**
 * The fingerprint of a binary certificate of version 4 or 6 (RFC 9580 §5.5.4), lower-case hexadecimal, without reading
 * more of it; empty for anything else.
 */
export function keyFingerprint(certificate: Uint8Array): string {
  const body = splitPackets(certificate)?.[0]?.body;
  if (body?.[0] === 4 && body.length <= 0xffff) {
    const head = Uint8Array.of(0x99, body.length >> 8, body.length & 0xff);
    return createHash('sha1').update(head).update(body).digest('hex');
  }
  if (body?.[0] !== 6) return '';
  const head = Buffer.alloc(5, 0x9b);
  head.writeUInt32BE(body.length, 1);
  return createHash('sha256').update(head).update(body).digest('hex');
}
