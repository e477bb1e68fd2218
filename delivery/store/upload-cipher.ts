import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DeliveryError } from '../errors.ts';
import { keyedHash } from '../keyed-hash.ts';

const cipherName = 'aes-256-gcm';
const nonceOctets = 12;
const tagOctets = 16;

/**
 * Uploads wait in clear for what becomes of them, which may be sealed mail: in the store they are encrypted by a key
 * that is drawn from the account's hash key, which can't be had without the instance key.
 */
export function encryptUpload(octets: Uint8Array, hashKey: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceOctets);
  const cipher = createCipheriv(cipherName, uploadKey(hashKey), nonce);
  return Buffer.concat([nonce, cipher.update(octets), cipher.final(), cipher.getAuthTag()]);
}

/** What `encryptUpload` was given; throws `storeUnavailable` when it was changed. */
export function decryptUpload(octets: Uint8Array, hashKey: Uint8Array): Uint8Array {
  const nonce = octets.subarray(0, nonceOctets);
  const tag = octets.subarray(octets.byteLength - tagOctets);
  try {
    const decipher = createDecipheriv(cipherName, uploadKey(hashKey), nonce, { authTagLength: tagOctets });
    decipher.setAuthTag(tag);
    const inner = octets.subarray(nonceOctets, octets.byteLength - tagOctets);
    return Buffer.concat([decipher.update(inner), decipher.final()]);
  } catch (cause) {
    throw new DeliveryError('storeUnavailable', 'an upload is damaged', { cause });
  }
}

function uploadKey(hashKey: Uint8Array): Uint8Array {
  return keyedHash(hashKey).update('upload key').digest();
}
