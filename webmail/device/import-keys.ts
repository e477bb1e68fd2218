import type { PrivateKey } from 'openpgp';
import { armor } from '../../delivery/crypto/armor.ts';
import { describeKey, fingerprint, readPrivateKeys } from '../../delivery/crypto/keys.ts';
import { limits, loadOpenPgp } from '../../delivery/crypto/openpgp.ts';
import type { KeyHolder } from './key-holder.ts';
import type { KeptKey } from './key-safe.ts';
import type { DeviceKey, ImportAnswer, Request } from './protocol.ts';

const maxOctets = 1_048_576;
/** Characters of a passphrase that this device is to lock a key with. */
export const leastPassphrase = 10;

/**
 * Keeps the secret keys of a file on this device. Only what is locked is kept: a key without a passphrase is locked
 * with the one given here first.
 */
export async function importKeys(
  { octets, passphrase, isForgotten }: Extract<Request, { kind: 'import' }>,
  holder: KeyHolder,
): Promise<ImportAnswer> {
  if (octets.length > maxOctets) return { failure: 'tooLarge' };
  const keys = await readPrivateKeys(octets).catch(() => []);
  if (keys.length === 0) return { failure: 'noKey' };
  if (keys.every(isStub)) return { failure: 'onCard' };
  const usable = keys.filter(key => !isStub(key));
  const isOpen = usable.some(isUnprotected);
  if (isOpen && passphrase === null) return { failure: 'unprotected' };
  if (isOpen && (passphrase ?? '').length < leastPassphrase) return { failure: 'weakPassphrase' };
  const imported: DeviceKey[] = [];
  for (const key of usable) {
    const locked = isUnprotected(key) ? await protect(key, passphrase ?? '') : key;
    const kept = await keptKey(locked, isForgotten);
    await holder.keep(kept);
    const { armor: _armor, ...described } = kept;
    imported.push(described);
  }
  return { imported };
}

/** A packet of the key, or of a subkey, that anybody could use. */
function isUnprotected(key: PrivateKey): boolean {
  return key.getKeys().some(({ keyPacket }) => keyPacket.isDecrypted());
}

/** All secret parts are on a card, or elsewhere. */
function isStub(key: PrivateKey): boolean {
  return key.getKeys().every(({ keyPacket }) => {
    return 'isMissingSecretKeyMaterial' in keyPacket && keyPacket.isMissingSecretKeyMaterial();
  });
}

async function protect(privateKey: PrivateKey, passphrase: string): Promise<PrivateKey> {
  const openpgp = await loadOpenPgp();
  return openpgp.encryptKey({ privateKey, passphrase, config: limits });
}

async function keptKey(key: PrivateKey, isForgotten: boolean): Promise<KeptKey> {
  const { algorithms, createdAt } = await describeKey(key, new Date());
  return {
    fingerprint: fingerprint(key),
    userIds: key.getUserIDs(),
    keyIds: key.getKeyIDs().map(id => id.toHex()),
    algorithms,
    createdAt: createdAt.toISOString(),
    isForgotten,
    armor: armor('PRIVATE KEY BLOCK', key.write()),
  };
}
