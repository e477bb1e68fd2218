import type { PrivateKey, PublicKey } from 'openpgp';
import { limits, loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { encryptionShape } from '../../delivery/crypto/packets.ts';
import type { KeyHolder } from './key-holder.ts';
import { type Lessons, noLessons, readLessons, writeLessons } from './lessons.ts';
import type { LearnFailure } from './protocol.ts';

/** The lessons in these octets, a message of OpenPGP; null octets hold none. */
export async function openMemory(
  octets: Uint8Array | null,
  keys: KeyHolder,
): Promise<Lessons | { readonly failure: LearnFailure }> {
  if (octets === null) return noLessons;
  const shape = encryptionShape(octets);
  if (!shape || shape.noIntegrity) return { failure: 'malformed' };
  const fits = ({ keyIds }: { keyIds: readonly string[] }) =>
    shape.recipients.some(id => keyIds.includes(id));
  if (!keys.unlocked().some(fits)) return { failure: keys.locked().some(fits) ? 'locked' : 'noKey' };
  const openpgp = await loadOpenPgp();
  try {
    const { data } = await openpgp.decrypt({
      message: await openpgp.readMessage({ binaryMessage: Uint8Array.from(octets), config: limits }),
      decryptionKeys: secretKeys(keys),
      format: 'binary',
      config: limits,
    });
    return readLessons(data as Uint8Array);
  } catch {
    // Damaged, or no lessons: whatever was learned there, this device can't add to it.
    return { failure: 'malformed' };
  }
}

/** The lessons encrypted to each key that is unlocked here; null where none of them can encrypt. */
export async function sealMemory(lessons: Lessons, keys: KeyHolder, at: Date): Promise<Uint8Array | null> {
  const encryptionKeys = await usable(secretKeys(keys), at);
  if (encryptionKeys.length === 0) return null;
  const openpgp = await loadOpenPgp();
  return openpgp.encrypt({
    message: await openpgp.createMessage({
      binary: writeLessons(lessons) as Uint8Array<ArrayBuffer>,
      date: at,
    }),
    encryptionKeys,
    date: at,
    format: 'binary',
    config: limits,
  });
}

function secretKeys(keys: KeyHolder): PrivateKey[] {
  return keys.unlocked().map(({ fingerprint }) => keys.secretKey(fingerprint));
}

async function usable(keys: readonly PrivateKey[], at: Date): Promise<PublicKey[]> {
  const found: PublicKey[] = [];
  for (const key of keys) {
    const isUsable = await key.getEncryptionKey(undefined, at, undefined).then(
      () => true,
      // Expired, or made for signing alone: another one may do.
      () => false,
    );
    if (isUsable) found.push(key.toPublic());
  }
  return found;
}
