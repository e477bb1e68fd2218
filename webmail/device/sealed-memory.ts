import type { PrivateKey, PublicKey } from 'openpgp';
import { limits, loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import { encryptionShape } from '../../delivery/crypto/packets.ts';
import { type Memory, readMemory, writeMemory } from '../../delivery/spam/personal/memory.ts';
import type { KeyHolder } from './key-holder.ts';
import type { LearnFailure } from './protocol.ts';

/** The memory in these octets, a message of OpenPGP; null octets are an empty one. */
export async function openMemory(
  octets: Uint8Array | null,
  keys: KeyHolder,
): Promise<Memory | { readonly failure: LearnFailure }> {
  if (octets === null) return readMemory(null);
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
    return readMemory(data as Uint8Array);
  } catch {
    // Damaged, or no memory: whatever was learned there, this device can't add to it.
    return { failure: 'malformed' };
  }
}

/** The memory encrypted to each key that is unlocked here; null where none of them can encrypt. */
export async function sealMemory(memory: Memory, keys: KeyHolder, at: Date): Promise<Uint8Array | null> {
  const encryptionKeys = await usable(secretKeys(keys), at);
  if (encryptionKeys.length === 0) return null;
  const openpgp = await loadOpenPgp();
  return openpgp.encrypt({
    message: await openpgp.createMessage({
      binary: writeMemory(memory) as Uint8Array<ArrayBuffer>,
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
