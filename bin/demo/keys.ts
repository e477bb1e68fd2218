import { generateKey, readPrivateKey, readPublicKeys } from '../../delivery/crypto/keys.ts';
import { loadOpenPgp, type OpenPgpLibrary } from '../../delivery/crypto/openpgp.ts';
import { type AccountName, addressOf, people } from './people.ts';

type PublicKey = Awaited<ReturnType<typeof readPublicKeys>>[number];
type PrivateKey = Awaited<ReturnType<typeof readPrivateKey>>;

/** Keys as the demo uses them while it writes mail. */
export interface DemoKeys {
  readonly openpgp: OpenPgpLibrary;
  /** The friend's key is confirmed by hand in every demo account, the stranger's in none. */
  readonly friend: CorrespondentKey;
  readonly stranger: CorrespondentKey;
  /** Public keys of the accounts that have one. */
  readonly accounts: ReadonlyMap<AccountName, PublicKey>;
}

export interface CorrespondentKey {
  readonly fingerprint: string;
  /** Binary transferable public key. */
  readonly publicOctets: Uint8Array;
  readonly privateKey: PrivateKey;
}

/** Key octets by the demo's own names, as its data file keeps them, in base64. */
export type StoredKeys = Readonly<Record<'friend' | 'stranger', string>>;

/** New secret keys of the correspondents. */
export async function makeCorrespondentKeys(at: Date): Promise<StoredKeys> {
  const [friend, stranger] = await Promise.all([
    generateKey(people.friend.address, undefined, at),
    generateKey(people.stranger.address, undefined, at),
  ]);
  return { friend: toBase64(friend.privateKey), stranger: toBase64(stranger.privateKey) };
}

/** Makes the demo's keys ready. `accountKeys` are binary public keys by account. */
export async function openKeys(
  stored: StoredKeys,
  accountKeys: ReadonlyMap<AccountName, Uint8Array>,
): Promise<DemoKeys> {
  const accounts = new Map<AccountName, PublicKey>();
  for (const [name, octets] of accountKeys) {
    const [key] = await readPublicKeys(octets);
    if (!key) throw new Error(`no public key of ${addressOf(name)}`);
    accounts.set(name, key);
  }
  return {
    openpgp: await loadOpenPgp(),
    friend: await openCorrespondent(stored.friend),
    stranger: await openCorrespondent(stored.stranger),
    accounts,
  };
}

async function openCorrespondent(base64: string): Promise<CorrespondentKey> {
  const privateKey = await readPrivateKey(Buffer.from(base64, 'base64'));
  return {
    fingerprint: privateKey.getFingerprint(),
    publicOctets: privateKey.toPublic().write(),
    privateKey,
  };
}

/** Octets for a JSON file. */
export function toBase64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}
