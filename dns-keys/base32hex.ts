import { WireError } from './wire-error.ts';

const digits = '0123456789abcdefghijklmnopqrstuv';

/** Base 32 with the extended hex alphabet (RFC 4648 §7) as NSEC3 writes it: lower case, no padding. */
export function base32hexText(octets: Uint8Array): string {
  let text = '';
  let [bits, value] = [0, 0];
  for (const octet of octets) {
    value = ((value & 0x1f) << 8) | octet;
    for (bits += 8; bits >= 5; bits -= 5) text += digits[(value >> (bits - 5)) & 0x1f];
  }
  return bits > 0 ? text + digits[(value << (5 - bits)) & 0x1f] : text;
}

/** Octets of such a text, case left aside. Throws `WireError`. */
export function base32hexOctets(text: string): Uint8Array {
  const octets: number[] = [];
  let [bits, value] = [0, 0];
  for (const character of text.toLowerCase()) {
    const digit = digits.indexOf(character);
    if (digit < 0) throw new WireError('not base 32');
    value = ((value & 0xff) << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    octets.push((value >> bits) & 0xff);
  }
  if (bits >= 5 || (value & ((1 << bits) - 1)) !== 0)
    throw new WireError('base 32 that ends within an octet');
  return Uint8Array.from(octets);
}
