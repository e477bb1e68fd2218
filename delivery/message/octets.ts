import { Buffer, isUtf8 } from 'node:buffer';

/** The same memory seen as a Buffer; nothing is copied. */
export function viewOf(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** True when the octets are well-formed UTF-8. */
export function isUtf8Octets(octets: Uint8Array): boolean {
  return isUtf8(octets);
}

/** The octets from `start` to `end` as header text: UTF-8 when valid (RFC 6532), else one character an octet. */
export function headerText(view: Buffer, start: number, end: number): string {
  const text = view.toString('latin1', start, end);
  if (isSevenBit(text)) return text;
  return isUtf8(view.subarray(start, end)) ? view.toString('utf8', start, end) : text;
}

function isSevenBit(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}
