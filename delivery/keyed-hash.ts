import { createHmac, createSecretKey, type Hmac } from 'node:crypto';

/**
 * HMAC-SHA-256 (RFC 2104) under a key of octets, ready for `update`. The key becomes a key object first: given as
 * octets, Node 24 finds out what it is by catching errors, which takes longer than the hashing.
 */
export function keyedHash(key: Uint8Array): Hmac {
  return createHmac('sha256', createSecretKey(key));
}
