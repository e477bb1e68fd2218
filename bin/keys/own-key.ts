import type { PrivateKey as OpenPgpPrivateKey, PublicKey as OpenPgpPublicKey } from 'openpgp';
import {
  certifiedAddresses,
  describeKey,
  fingerprint,
  type GeneratedKey,
  readPrivateKey,
  unlockPrivateKey,
} from '../../delivery/crypto/keys.ts';
import { addressOfUserId } from '../../delivery/crypto/minimal-certificate.ts';
import { DeliveryError } from '../../delivery/errors.ts';
import { normalizeAddress } from '../../delivery/message/address.ts';
import type { Parts } from '../../delivery/open.ts';
import type { Account } from '../../delivery/store/store.ts';

/** Whose key it becomes and who can open it. */
export interface Keeping {
  readonly account: Account;
  readonly custody: 'server' | 'client';
  /** Null: none was given. */
  readonly passphrase: string | null;
}

/** Keeps a key pair that was just made. */
export async function keepGenerated(key: GeneratedKey, keeping: Keeping, parts: Parts): Promise<void> {
  await keepPrivateKey(await readPrivateKey(key.privateKey), keeping, parts, 'keyGenerated');
}

/**
 * Keeps an account's own secret key and its public part. For the server it is unlocked and wrapped by the instance
 * key; for the client only a locked one is taken, as a backup that the server can't open.
 */
export async function keepPrivateKey(
  key: OpenPgpPrivateKey,
  keeping: Keeping,
  parts: Parts,
  action: 'keyImported' | 'keyGenerated' = 'keyImported',
): Promise<void> {
  const { account, custody, passphrase } = keeping;
  if (custody === 'client' && isUnlocked(key)) {
    throw new DeliveryError(
      'badInput',
      'with custody client the server must not be able to open the key: lock it by a passphrase first, or import its public part alone',
    );
  }
  if (custody === 'server' && passphrase === null && !key.isDecrypted()) {
    throw new DeliveryError(
      'badCredentials',
      'this key is locked by a passphrase; add --passphrase-stdin and give it on standard input',
    );
  }
  const kept = custody === 'server' ? await unlockPrivateKey(key, passphrase) : key;
  await keepPublicKey(kept.toPublic(), account, parts);
  await parts.store.putPrivateKey(account.id, {
    fingerprint: fingerprint(kept),
    custody,
    wrapped: custody === 'server' ? parts.keyring.wrap(kept.write()) : kept.write(),
    createdAt: parts.clock.now(),
  });
  await parts.store.updateAccount(account.id, { custody });
  await recordAudit(parts, account, action, { fingerprint: fingerprint(kept), custody });
}

/** True when any part of it could be used without a passphrase. */
function isUnlocked(key: OpenPgpPrivateKey): boolean {
  return key.getKeys().some(({ keyPacket }) => keyPacket.isDecrypted());
}

/**
 * Keeps an account's own public key under each of its addresses that the key certifies. Throws `badInput` when there
 * is none, or when nothing could be encrypted to it: mail would be sealed for somebody else, or not at all.
 */
export async function keepPublicKey(
  key: OpenPgpPublicKey,
  account: Account,
  { store, clock }: Parts,
): Promise<void> {
  const at = clock.now();
  const certified = await certifiedAddresses(key, at);
  const addresses = (await store.listAddresses(account.id)).map(row => row.address);
  const own = addresses.filter(address => certified.includes(normalizeAddress(address)));
  if (own.length === 0) throw new DeliveryError('badInput', whyNoneIsOwn(key, account, addresses));
  const { state, canEncrypt } = await describeKey(key, at);
  if (!canEncrypt) {
    const why = state === 'usable' ? 'it has no subkey for that' : `it is ${state}`;
    throw new DeliveryError('badInput', `nothing can be encrypted to this key: ${why}`);
  }
  for (const address of own) {
    await store.putPublicKey(account.id, {
      address: normalizeAddress(address),
      fingerprint: fingerprint(key),
      octets: key.write(),
      source: 'own',
      state,
      firstSeenAt: at,
    });
  }
}

function whyNoneIsOwn(key: OpenPgpPublicKey, account: Account, addresses: readonly string[]): string {
  const named = new Set(key.getUserIDs().map(addressOfUserId));
  const own = addresses.find(address => named.has(normalizeAddress(address)));
  if (own !== undefined)
    return `its user id ${own} does not hold: it was revoked, has expired, or its signature is wrong, missing or from the future`;
  return `none of its user ids is an address of ${account.address}; add one to the key, or give --for with a correspondent's address`;
}

/** An entry that the account's owner can read. */
export async function recordAudit(
  { store, clock }: Parts,
  account: Account,
  action: string,
  detail: Record<string, unknown>,
): Promise<void> {
  await store.appendAudit(account.id, { at: clock.now(), actor: 'operator', action, detail });
}
