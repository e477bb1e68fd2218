import { createHash } from 'node:crypto';
import { lowerAscii } from '../local-part.ts';

/** z-base-32 (RFC 6189 §5.1.6). */
const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** Octets in z-base-32; 20 octets give 32 characters. */
export function zBase32(octets: Uint8Array): string {
  // Joined at the end: a string that grows by one keeps all its steps in memory.
  const characters: string[] = [];
  let bits = 0;
  let value = 0;
  for (const octet of octets) {
    value = (value << 8) | octet;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      characters.push(alphabet.charAt((value >> bits) & 31));
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) characters.push(alphabet.charAt((value << (5 - bits)) & 31));
  return characters.join('');
}

/** The name of a local part in a Web Key Directory: SHA-1 of it with ASCII letters lowered (draft-koch §3.1). */
export function wkdHash(localPart: string): string {
  return zBase32(createHash('sha1').update(lowerAscii(localPart), 'utf8').digest());
}

/** Whether a text can be such a name. */
export function isWkdHash(text: string): boolean {
  return /^[ybndrfg8ejkmcpqxot1uwisza345h769]{32}$/.test(text);
}
