import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Clock } from '../../../delivery/clock.ts';
import type { Keyring } from '../../../delivery/crypto/keyring.ts';
import { paths } from '../../wire.ts';

/** What an address stands for: one picture of one message, for one session of its owner. */
export interface PictureGrant {
  readonly accountId: string;
  readonly sessionId: string;
  readonly emailId: string;
  readonly url: string;
}

interface Deps {
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Long enough for a page that loads slowly. */
const goodMilliseconds = 10 * 60_000;
const nonceOctets = 12;
const tagOctets = 16;

const schema = v.strictObject({
  accountId: v.string(),
  sessionId: v.string(),
  emailId: v.string(),
  url: v.string(),
  until: v.number(),
});

/**
 * A path of this server that stands for a picture elsewhere, good for ten minutes and once. Authenticated and encrypted (by a
 * key drawn from the instance key), so that no log of requests says whose pictures somebody looked at.
 */
export function pictureAddress(grant: PictureGrant, { keyring, clock }: Deps): string {
  const text = JSON.stringify({ ...grant, until: clock.now().getTime() + goodMilliseconds });
  const nonce = randomBytes(nonceOctets);
  const cipher = createCipheriv('aes-256-gcm', keyring.derive('pictures'), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${paths.pictures}${sealed.toString('base64url')}`;
}

/** An address as it was read. */
export interface ReadAddress {
  readonly grant: PictureGrant;
  /** No other address has it. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What it stands for; null when it was not made here, was changed, or is no longer good. */
export function readPictureAddress(token: string, { keyring, clock }: Deps): ReadAddress | null {
  const sealed = Buffer.from(token, 'base64url');
  const text = decrypt(sealed, keyring.derive('pictures'));
  // One picture has one address: other ways of writing the same octets are none.
  if (text === null || sealed.toString('base64url') !== token) return null;
  const { until, ...grant } = v.parse(schema, JSON.parse(text));
  if (until < clock.now().getTime()) return null;
  return { grant, id: sealed.subarray(0, nonceOctets).toString('base64url'), until };
}

function decrypt(sealed: Buffer, key: Uint8Array): string | null {
  if (sealed.byteLength < nonceOctets + tagOctets) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceOctets), {
    authTagLength: tagOctets,
  }).setAuthTag(sealed.subarray(-tagOctets));
  try {
    const octets = [decipher.update(sealed.subarray(nonceOctets, -tagOctets)), decipher.final()];
    return Buffer.concat(octets).toString('utf8');
  } catch {
    return null; // Not of this instance, or changed: what a stranger sends is no fault of ours.
  }
}
