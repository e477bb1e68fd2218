import { randomBytes } from 'node:crypto';
import type { Keyring } from '../../delivery/crypto/keyring.ts';
import { hashAppPassword } from '../../delivery/crypto/password.ts';
import { keyedHash } from '../../delivery/keyed-hash.ts';
import type { Secret } from '../../delivery/store/store.ts';

/** A new secret of 192 random bits, for bearer tokens, sessions and tickets. */
export function makeSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** The secret as the store knows it: HMAC-SHA-256 with a key drawn from the instance key. */
export function hashSecret(kind: Secret['kind'], secret: string, keyring: Keyring): Uint8Array {
  const key = keyring.derive('secrets');
  if (kind === 'appPassword') return hashAppPassword(secret, key);
  return keyedHash(key).update(`${kind}\0${secret}`).digest();
}
