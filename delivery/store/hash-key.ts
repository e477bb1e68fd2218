import { keyedHash } from '../keyed-hash.ts';

/**
 * The account's hash key: 32 octets, drawn from the salt beside the account and a secret that the instance key wraps,
 * so that whoever has the stored data alone can't test whether a text they know is in it (DESIGN.md, promise 2).
 */
export function drawHashKey(salt: Uint8Array, hashSecret: Uint8Array): Uint8Array {
  return new Uint8Array(keyedHash(hashSecret).update('account hash key:').update(salt).digest());
}
