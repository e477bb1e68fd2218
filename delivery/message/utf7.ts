import type { Decoded } from './charset.ts';

const plus = 0x2b;
const minus = 0x2d;
const replacement = 0xfffd;

/** The six bits of each octet of the base64 alphabet (RFC 4648 §4), -1 for the others. */
const bitsOf = Int8Array.from({ length: 256 }, (_unused, octet) =>
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(octet)),
);

/**
 * UTF-7 (RFC 2152) as text, in one walk: iconv-lite takes a second for each megabyte of short shifts. Octets beyond
 * ASCII and shifts that end within a character are a problem; the rest is read.
 */
export function decodeUtf7(octets: Uint8Array): Decoded {
  // No octet gives more than one code unit.
  const units = new Uint16Array(octets.length);
  let length = 0;
  let isProblem = false;
  for (let at = 0; at < octets.length; ) {
    const octet = octets[at++] ?? 0;
    if (octet !== plus) {
      units[length++] = octet < 0x80 ? octet : replacement;
      isProblem ||= octet >= 0x80;
      continue;
    }
    if (octets[at] === minus) {
      units[length++] = plus;
      at++;
      continue;
    }
    let held = 0;
    let bits = 0;
    for (
      let six = bitsOf[octets[at] ?? 0] ?? -1;
      at < octets.length && six >= 0;
      six = bitsOf[octets[at] ?? 0] ?? -1
    ) {
      held = ((held << 6) | six) & 0x3fffff;
      bits += 6;
      at++;
      if (bits >= 16) {
        bits -= 16;
        units[length++] = (held >> bits) & 0xffff;
      }
    }
    isProblem ||= bits >= 6 || (held & ((1 << bits) - 1)) !== 0;
    if (octets[at] === minus) at++;
  }
  const text = Buffer.from(units.buffer, 0, length * 2).toString('utf16le');
  return { text, isProblem };
}
