import type { Entity, Message } from '../message/shape.ts';

/**
 * The octets that the signature of a multipart/signed covers (RFC 1847 §2.1, RFC 3156 §5): the entity with its header
 * section, without the line ending before the boundary, each line ended by CRLF.
 */
export function signedOctets({ raw }: Message, { headerStart, bodyEnd }: Entity): Uint8Array {
  const text = Buffer.from(raw.buffer, raw.byteOffset + headerStart, bodyEnd - headerStart);
  return Buffer.from(text.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
}
